import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Connection, forwardArgv, masterArgv, offeredKeyArgv, stepArgv } from '@slipway/vm/ssh/argv';

const HOST = { name: 'web-1', address: 'web-1.example.com', user: 'deploy', port: 2222, root: '/srv' };
const CONNECTION: Connection = { host: HOST, control: '/p/c', knownHosts: '/p/known_hosts', agent: '/p/agent' };
const TIMES = { connectTimeoutMs: 9_500, pingSeconds: 5, leaseSeconds: 30 };

test('the master stays in the foreground, trusts nobody new, and asks nothing', () => {
  const argv = masterArgv(CONNECTION, TIMES, [], 'COMMAND');

  assert.deepEqual(argv.slice(0, 6), ['env', 'SSH_AUTH_SOCK=/p/agent', 'ssh', '-M', '-S', '/p/c']);
  for (const option of [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    'UserKnownHostsFile="/p/known_hosts"',
    'ControlPersist=no',
    'ExitOnForwardFailure=yes',
    'ConnectTimeout=10',
    'ServerAliveInterval=5',
    'ServerAliveCountMax=6',
    'IdentityAgent="/p/agent"',
    'RemoteCommand=none',
  ]) {
    assert.ok(hasOption(argv, option), option);
  }
  assert.deepEqual(argv.slice(-7), ['-l', 'deploy', '-p', '2222', '--', 'web-1.example.com', 'COMMAND']);
  assert.ok(!argv.includes('-F'), "the user's own configuration stays in force");
});

test('without a key and known hosts of ours, everything is as the user set it up', () => {
  const plain = { ...CONNECTION, knownHosts: undefined, agent: undefined, host: { ...HOST, address: '-oEvil' } };
  const argv = masterArgv(plain, TIMES, [], 'COMMAND');

  assert.equal(argv[0], 'ssh');
  assert.ok(!argv.some((word) => /UserKnownHostsFile|IdentityAgent/.test(word)));
  assert.deepEqual(argv.slice(-3), ['--', '-oEvil', 'COMMAND'], 'no address is ever an option');
});

test('forwards name unix sockets, names and IPv6 addresses', () => {
  const argv = masterArgv(
    CONNECTION,
    TIMES,
    [
      { local: '/p/1', to: { kind: 'unix', path: '/run/a:b.sock' } },
      { local: '/p/2', to: { kind: 'tcp', host: 'app', port: 80 } },
      { local: '/p/3', to: { kind: 'tcp', host: '::1', port: 80 } },
    ],
    'COMMAND',
  );

  assert.deepEqual(
    argv.filter((_, index) => argv[index - 1] === '-L'),
    ['/p/1:/run/a\\:b.sock', '/p/2:app:80', '/p/3:[::1]:80'],
  );
});

test('a step cannot connect by itself', () => {
  for (const argv of [
    stepArgv(CONNECTION, 'COMMAND'),
    forwardArgv(CONNECTION, { local: '/p/1', to: { kind: 'unix', path: '/r' } }),
  ]) {
    assert.ok(hasOption(argv, 'ProxyCommand=false'));
    assert.ok(hasOption(argv, 'ControlMaster=no'));
    assert.deepEqual(argv.slice(0, 5), ['ssh', '-F', '/dev/null', '-S', '/p/c']);
  }
});

test('looking at the offered key logs nobody in and writes only to its own file', () => {
  const argv = offeredKeyArgv(CONNECTION, '/p/offered', 1_000);

  for (const option of [
    'PubkeyAuthentication=no',
    'PasswordAuthentication=no',
    'StrictHostKeyChecking=accept-new',
    'UserKnownHostsFile="/p/offered"',
    'HashKnownHosts=no',
  ]) {
    assert.ok(hasOption(argv, option), option);
  }
});

function hasOption(argv: readonly string[], option: string): boolean {
  return argv.some((word, index) => word === option && argv[index - 1] === '-o');
}
