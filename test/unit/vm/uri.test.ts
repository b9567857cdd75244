import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isProblems, type Problem } from '@slipway/kernel/errors';
import { type BalancerUri, parseBalancer, serverName } from '@slipway/vm/balancers/uri';

const ROOT = '/opt/slipway';
const HEAD = 'haproxy://lb-1/run/haproxy/admin.sock';
const FULL = `${HEAD}?backend=web&server={host}-{slot}`;

test('every part of the URI arrives', () => {
  const uri = parsed(
    'haproxy://deploy@lb-1.example.com:2222/run/haproxy/admin.sock?backend=web&server={host}-{slot}&root=/srv',
  );

  assert.deepEqual(uri, {
    kind: 'haproxy',
    host: { name: 'lb-1.example.com', address: 'lb-1.example.com', user: 'deploy', port: 2222, root: '/srv' },
    socket: '/run/haproxy/admin.sock',
    routing: { by: 'server', backend: 'web' },
    server: '{host}-{slot}',
  });
});

test('a balancer can have jump hosts of its own', () => {
  const uri = parseBalancer('haproxy://lb/a.sock?backend=web&server={host}&jump=ops@j1,j2:2222', 2, ROOT);

  assert.ok(!isProblems(uri));
  assert.deepEqual(uri.host.jump, [
    { address: 'j1', user: 'ops' },
    { address: 'j2', port: 2222 },
  ]);
});

test('a map with a backend for each slot takes the place of one backend', () => {
  const uri = parsed(`${HEAD}?map=/etc/haproxy/slipway.map&blue=be_blue&green=be_green&server={host}`);

  assert.deepEqual(uri.routing, { by: 'slot', map: '/etc/haproxy/slipway.map', blue: 'be_blue', green: 'be_green' });
});

test('a balancer without a root lies in that of the fleet', () => {
  const uri = parsed('haproxy://[::1]/a.sock?server=s&backend=b', 1);

  assert.deepEqual(uri.host, { name: '::1', address: '::1', root: ROOT });
});

test('parameters may be percent-encoded', () => {
  assert.equal(parsed(`${HEAD}?backend=web&server=%7Bhost%7D-%7Bslot%7D`).server, '{host}-{slot}');
});

test('the template is filled in as it stands', () => {
  assert.equal(serverName('{host}-{slot}', 'web-1', 'blue'), 'web-1-blue');
  assert.equal(serverName('app_{host}', 'web-1', 'blue'), 'app_web-1');
  assert.equal(serverName('{host}', '$&', 'blue'), '$&');
});

const BAD: readonly (readonly [text: string, says: RegExp, allowed: RegExp])[] = [
  ['lb-1', /this is no balancer URI/, /haproxy:\/\//],
  [`${FULL}#x`, /this is no balancer URI/, /haproxy:\/\//],
  ['nginx://lb-1/x?backend=web', /no such kind of balancer/, /^haproxy$/],
  [FULL.replace('lb-1', '-x'), /neither a host name nor an address/, /host/],
  [FULL.replace('lb-1', ''), /the host is missing/, /host/],
  [FULL.replace('lb-1', 'lb-1:x'), /"x" is no port/, /host/],
  ['haproxy://lb-1?backend=web&server={host}', /admin socket cannot be there/, /absolute path/],
  ['haproxy://lb-1/a/../b?backend=web&server={host}', /admin socket cannot be there/, /absolute path/],
  ['haproxy://lb-1/a:b?backend=web&server={host}', /admin socket cannot be there/, /absolute path/],
  [`${HEAD}?server={host}`, /"backend" is missing/, /letters/],
  [`${HEAD}?backend=web`, /"server" is missing/, /\{host\}/],
  [`${FULL}&weight=1`, /no such parameter/, /^backend, server, map, blue, green, root, jump$/],
  [`${FULL}&map=/m&blue=a&green=b`, /one backend and a map/, /the one or the other/],
  [`${HEAD}?map=/m&blue=a&server={host}`, /"green" is missing/, /letters/],
  [`${HEAD}?map=m&blue=a&green=b&server={host}`, /this map cannot be used/, /absolute path/],
  [`${HEAD}?map=/m&blue=a&green=a&server={host}`, /both slots would be one/, /two backends/],
  [`${FULL}&backend=api`, /"backend" is given twice/, /once/],
  [`${FULL}&jump=-x`, /this jump cannot be used/, /none, or/],
  [`${FULL}&root=etc`, /this root cannot be used/, /folder/],
  [`${HEAD}?backend=web;shutdown&server={host}`, /this backend cannot be used/, /letters/],
  [`${HEAD}?backend=web%0a&server={host}`, /this backend cannot be used/, /letters/],
  [`${HEAD}?backend=%zz&server={host}`, /this backend cannot be used/, /letters/],
  [`${HEAD}?backend=web&server={host}{port}`, /this server cannot be used/, /\{host\} and \{slot\}/],
  [`${HEAD}?backend=web&server={slot}`, /all 4 hosts would be one/, /\{host\}/],
];

for (const [text, says, allowed] of BAD) {
  test(`"${text}" is refused`, () => {
    const [problem, ...more] = problemsOf(text, 4);

    assert.equal(more.length, 0, JSON.stringify(more));
    assert.match(problem?.what ?? '', says);
    assert.match(problem?.what ?? '', /^balancer: /);
    assert.match(problem?.allowed ?? '', allowed);
  });
}

test('all that is wrong comes at once', () => {
  assert.equal(problemsOf('haproxy://-x/?x=1', 1).length, 5);
});

test('one host needs no {host}', () => {
  assert.equal(parsed(`${HEAD}?backend=web&server=app`, 1).server, 'app');
});

function parsed(text: string, members = 2): BalancerUri {
  const uri = parseBalancer(text, members, ROOT);
  assert.ok(!isProblems(uri), JSON.stringify(uri));
  return uri;
}

function problemsOf(text: string, members: number): readonly Problem[] {
  const uri = parseBalancer(text, members, ROOT);
  assert.ok(isProblems(uri));
  return uri;
}
