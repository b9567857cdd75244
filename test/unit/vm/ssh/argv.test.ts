import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Connection, forwardArgv, masterArgv, offeredKeyArgv, stepArgv } from '@slipway/vm/ssh/argv';

const HOST = { name: 'web-1', address: 'web-1.example.com', user: 'deploy', port: 2222, root: '/srv' };
const CONNECTION: Connection = { host: HOST, control: '/p/c', config: '/p/config', agent: '/p/agent' };
const TIMES = { connectTimeoutMs: 9_500, pingSeconds: 5, leaseSeconds: 30 };

test('the master stays in the foreground, and reads our configuration', () => {
  const argv = masterArgv(CONNECTION, TIMES, [], 'COMMAND');

  assert.deepEqual(argv.slice(0, 8), ['env', 'SSH_AUTH_SOCK=/p/agent', 'ssh', '-F', '/p/config', '-M', '-S', '/p/c']);
  for (const option of [
    'ControlPersist=no',
    'ExitOnForwardFailure=yes',
    'ConnectTimeout=10',
    'ServerAliveInterval=5',
    'ServerAliveCountMax=6',
  ]) {
    assert.ok(hasOption(argv, option), option);
  }
  assert.deepEqual(argv.slice(-7), ['-l', 'deploy', '-p', '2222', '--', 'web-1.example.com', 'COMMAND']);
  assert.ok(!argv.includes('-J'), "the user's own jump hosts stay in force");
});

test('without a key of ours the agent is as the user set it up', () => {
  const plain = { ...CONNECTION, agent: undefined, host: { ...HOST, address: '-oEvil' } };
  const argv = masterArgv(plain, TIMES, [], 'COMMAND');

  assert.equal(argv[0], 'ssh');
  assert.deepEqual(argv.slice(-3), ['--', '-oEvil', 'COMMAND'], 'no address is ever an option');
});

test('jump hosts are named in their order, and none is said to be none', () => {
  const jump = [
    { user: 'ops', address: 'jump-1' },
    { address: '2001:db8::7', port: 2222 },
  ];
  const through = masterArgv({ ...CONNECTION, host: { ...HOST, jump } }, TIMES, [], 'COMMAND');
  const straight = offeredKeyArgv({ ...CONNECTION, host: { ...HOST, jump: [] } }, '/p/offered');

  assert.equal(through[through.indexOf('-J') + 1], 'ops@jump-1,[2001:db8::7]:2222');
  assert.equal(straight[straight.indexOf('-J') + 1], 'none');
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
  const argv = offeredKeyArgv(CONNECTION, '/p/offered');

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
