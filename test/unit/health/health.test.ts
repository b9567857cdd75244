import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  endpointOn,
  type Health,
  type HealthHost,
  parseHealth,
  parseVersionFrom,
  usesPort,
} from '@slipway/health/health';
import { isProblems } from '@slipway/kernel/errors';

const HOST: HealthHost = { name: 'web-1', address: '10.0.0.7', servicePort: 9_000 };

const GOOD: readonly (readonly [text: string, host: string, port: number, url: string])[] = [
  ['http://:8080/healthz', '127.0.0.1', 8080, 'http://127.0.0.1:8080/healthz'],
  ['  http://:8080  ', '127.0.0.1', 8080, 'http://127.0.0.1:8080/'],
  ['http://:8080?deep=1', '127.0.0.1', 8080, 'http://127.0.0.1:8080/?deep=1'],
  ['http:///healthz', '127.0.0.1', 80, 'http://127.0.0.1:80/healthz'],
  ['https://:8443/healthz', '127.0.0.1', 8443, 'https://127.0.0.1:8443/healthz'],
  ['https://shop.example.com/up', 'shop.example.com', 443, 'https://shop.example.com:443/up'],
  ['http://{host}:8080/healthz', 'web-1', 8080, 'http://web-1:8080/healthz'],
  ['http://{address}:{port}/healthz', '10.0.0.7', 9000, 'http://10.0.0.7:9000/healthz'],
  ['http://:{port}/of/{host}?port={port}', '127.0.0.1', 9000, 'http://127.0.0.1:9000/of/web-1?port=9000'],
  ['http://:{port}/{slot}', '127.0.0.1', 9000, 'http://127.0.0.1:9000/blue'],
  ['http://[::1]:8080/healthz', '::1', 8080, 'http://[::1]:8080/healthz'],
];

for (const [text, host, port, url] of GOOD) {
  test(`"${text}" is asked at ${url}`, () => {
    assert.deepEqual(endpointOn(healthOf(text), HOST), { host, port, url });
  });
}

test('the address of a host may be IPv6', () => {
  const endpoint = endpointOn(healthOf('http://{address}:80/'), { name: 'web-1', address: '2001:db8::7' });

  assert.deepEqual(endpoint, { host: '2001:db8::7', port: 80, url: 'http://[2001:db8::7]:80/' });
});

test('only a check with {port} needs the port of each service', () => {
  assert.equal(usesPort(healthOf('http://:{port}/')), true);
  assert.equal(usesPort(healthOf('http://:80/?port={port}')), true);
  assert.equal(usesPort(healthOf('http://{host}:80/')), false);
});

const BAD: readonly (readonly [text: string, says: RegExp])[] = [
  ['', /no address of a health check/],
  [':8080/healthz', /no address of a health check/],
  ['tcp://:8080', /no address of a health check/],
  ['http:/:8080', /no address of a health check/],
  ['http://user:secret@web-1/', /no address of a health check|port is no number/],
  ['http://:8080/a b', /no address of a health check/],
  ['http://:8080/a#b', /no address of a health check/],
  ['http://:0/', /port is no number/],
  ['http://:65536/', /port is no number/],
  ['http://:80x/', /port is no number/],
  ['http://:/', /port is no number/],
  ['http://{name}:80/', /host cannot be read/],
  ['http://a b:80/', /host cannot be read|no address/],
  ['http://:80/{place}', /\{place\} is no placeholder/],
];

for (const [text, says] of BAD) {
  test(`"${text}" is refused with the line to write`, () => {
    const problems = parseHealth(text);

    assert.ok(isProblems(problems));
    assert.match(problems[0]?.what ?? '', says);
    assert.equal(problems[0]?.fix, 'health: http://:8080/healthz');
  });
}

test('version-from has four forms', () => {
  assert.deepEqual(parseVersionFrom('process'), { kind: 'process' });
  assert.deepEqual(parseVersionFrom(' body '), { kind: 'body' });
  assert.deepEqual(parseVersionFrom('header:X-Version'), { kind: 'header', name: 'x-version' });
  assert.deepEqual(parseVersionFrom('json:build.version'), { kind: 'json', path: ['build', 'version'] });
});

for (const text of ['', 'header', 'header:', 'header:a b', 'json:', 'json:a..b', 'json:.a', 'json:a b', 'proces']) {
  test(`version-from "${text}" is refused with what is allowed`, () => {
    const problems = parseVersionFrom(text);

    assert.ok(isProblems(problems));
    assert.match(problems[0]?.allowed ?? '', /process, header:NAME, json:DOTTED\.PATH or body/);
  });
}

function healthOf(text: string): Health {
  const health = parseHealth(text);
  assert.ok(!isProblems(health), JSON.stringify(health));
  return health;
}
