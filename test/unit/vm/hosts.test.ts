import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isProblems, type Problem } from '@slipway/kernel/errors';
import type { Host } from '@slipway/vm/host';
import { parseHosts } from '@slipway/vm/hosts';
import * as fc from 'fast-check';

const ROOT = '/opt/slipway';

const GOOD: readonly (readonly [line: string, host: Host])[] = [
  ['web-1.example.com', { name: 'web-1.example.com', address: 'web-1.example.com', root: ROOT }],
  ['deploy@web-1', { name: 'web-1', address: 'web-1', user: 'deploy', root: ROOT }],
  ['deploy@10.0.0.7:2222', { name: '10.0.0.7', address: '10.0.0.7', user: 'deploy', port: 2222, root: ROOT }],
  ['my_alias', { name: 'my_alias', address: 'my_alias', root: ROOT }],
  ['[2001:db8::7]', { name: '2001:db8::7', address: '2001:db8::7', root: ROOT }],
  ['a@[fe80::1%eth0]:22 name=one', { name: 'one', address: 'fe80::1%eth0', user: 'a', port: 22, root: ROOT }],
  ['h name=web-1 root=~/apps port=8080', { name: 'web-1', address: 'h', servicePort: 8080, root: '~/apps' }],
  [
    'h jump=ops@j1:2222,[2001:db8::7]',
    {
      name: 'h',
      address: 'h',
      root: ROOT,
      jump: [{ user: 'ops', address: 'j1', port: 2222 }, { address: '2001:db8::7' }],
    },
  ],
  ['h jump=none', { name: 'h', address: 'h', root: ROOT, jump: [] }],
  ['h:22 port=80', { name: 'h', address: 'h', port: 22, servicePort: 80, root: ROOT }],
  ['  h   # the first one', { name: 'h', address: 'h', root: ROOT }],
];

for (const [line, host] of GOOD) {
  test(`"${line}" is a host`, () => {
    assert.deepEqual(hostsOf([line]), [host]);
  });
}

test('lines keep their order; blank lines and comments are no hosts', () => {
  const hosts = hostsOf(['# the fleet', 'b', '', '  ', 'a #b']);

  assert.deepEqual(
    hosts.map(({ name }) => name),
    ['b', 'a'],
  );
});

test('a line without a root lies in the given one', () => {
  const parsed = parseHosts(['h', 'me@h2:23 root=/srv'], ROOT);

  assert.ok(!isProblems(parsed));
  assert.deepEqual(parsed.hosts, [
    { name: 'h', address: 'h', root: ROOT },
    { name: 'h2', address: 'h2', user: 'me', port: 23, root: '/srv' },
  ]);
});

const BAD: readonly (readonly [line: string, says: RegExp])[] = [
  ['-oProxyCommand=x', /neither a host name nor an address/],
  ['-l@web-1', /"-l" is no user name/],
  ['deploy@', /the host is missing/],
  ['@web-1', /"" is no user name/],
  ['web-1:', /"" is no port/],
  ['web-1:0', /"0" is no port/],
  ['web-1:65536', /"65536" is no port/],
  ['web-1:22x', /"22x" is no port/],
  ['2001:db8::7', /an IPv6 address stands in brackets/],
  ['[2001:db8::zz]', /neither a host name nor an address/],
  ['[web-1]', /neither a host name nor an address/],
  ['web-1,web-2', /only one host can stand here/],
  ['web-1 web-2', /"web-2" is no option of a host/],
  ['web-1 nmae=x', /"nmae=x" is no option of a host/],
  ['web-1 name=a name=b', /"name" is given twice/],
  ['web-1 name=-x', /this name cannot be used/],
  ['web-1 name=', /this name cannot be used/],
  ['web-1 root=opt', /this root cannot be used/],
  ['web-1 root=/opt/../etc', /this root cannot be used/],
  ['web-1 root=/', /this root cannot be used/],
  ['web-1 root=/opt/$x', /this root cannot be used/],
  ['web-1 jump=-oX', /this jump cannot be used/],
  ['web-1 jump=a,,b', /this jump cannot be used/],
  ['web-1 port=ssh', /this port cannot be used/],
  ['web-1 port=1 port=2', /"port" is given twice/],
];

for (const [line, says] of BAD) {
  test(`"${line}" is refused`, () => {
    const [problem, ...more] = problemsOf([line]);

    assert.equal(more.length, 0);
    assert.match(problem?.what ?? '', /^hosts, line 1: /);
    assert.match(problem?.what ?? '', says);
    assert.ok(problem?.got !== undefined && problem.allowed !== undefined);
  });
}

test('all problems of all lines come at once, with their lines', () => {
  const problems = problemsOf(['web-1', '# none here', 'web 2', 'x:99999 name=-', 'web-1']);

  assert.deepEqual(
    problems.map(({ what }) => /line \d+/.exec(what)?.[0]),
    ['line 3', 'line 4', 'line 4', 'line 5'],
  );
});

test('two hosts of one name are refused, and the line to write is a host of its own', () => {
  const [problem, ...more] = problemsOf(['deploy@web-1', 'deploy@web-1:2222']);

  assert.equal(more.length, 0);
  assert.equal(problem?.what, 'hosts, line 2: line 1 has a host "web-1" already.');
  assert.equal(problem?.fix, 'deploy@web-1:2222 name=ANOTHER-NAME');
  assert.equal(hostsOf(['deploy@web-1', problem?.fix ?? '']).length, 2);
});

test('no host at all is a problem', () => {
  assert.equal(problemsOf([]).length, 1);
  assert.equal(problemsOf(['', '# web-1']).length, 1);
});

test('no text whatever gives a host that ssh could take for an option', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (line) => {
      const parsed = parseHosts([line], ROOT);
      for (const host of isProblems(parsed) ? [] : parsed.hosts) {
        assert.doesNotMatch(host.address, /^-|[\s/@]/);
        assert.doesNotMatch(host.user ?? '', /^-|[\s/@]/);
      }
    }),
  );
});

function hostsOf(lines: readonly string[]): readonly Host[] {
  const parsed = parseHosts(lines, ROOT);
  assert.ok(!isProblems(parsed), JSON.stringify(parsed));
  return parsed.hosts;
}

function problemsOf(lines: readonly string[]): readonly Problem[] {
  const parsed = parseHosts(lines, ROOT);
  assert.ok(isProblems(parsed));
  return parsed;
}
