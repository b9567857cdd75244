import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAnswer, parseStep } from '@slipway/vm/ssh/answers';
import { failureKind, printable } from '@slipway/vm/ssh/failure';
import { hostKeyProblem, parseOfferedKey, refusedName } from '@slipway/vm/ssh/host-key';

const N = 'a1b2';

const answers = [
  { line: `${N} ready -`, answer: { kind: 'ready', hostId: undefined } },
  { line: `${N} ready 77ff`, answer: { kind: 'ready', hostId: '77ff' } },
  { line: `prompt$ ${N} pong`, answer: { kind: 'pong' } },
  { line: `${N} held 7 77ff`, answer: { kind: 'held', fence: 7, hostId: '77ff' } },
  {
    line: `${N} busy 77ff tok 42 2 13 https://x/y`,
    answer: { kind: 'busy', hostId: '77ff', token: 'tok', run: '42', attempt: '2', ageSeconds: 13, url: 'https://x/y' },
  },
  { line: `${N} fail The disk is full.`, answer: { kind: 'fail', why: 'The disk is full.' } },
  { line: 'Welcome to web-1', answer: undefined },
  { line: 'ffff pong', answer: undefined },
  { line: `${N} nonsense`, answer: undefined },
] as const;

for (const { line, answer } of answers) {
  test(`the holder's line "${line}"`, () => {
    assert.deepEqual(parseAnswer(line, N), answer);
  });
}

test('noise before a step and behind its end is not its output', () => {
  const words = parseStep(`motd\n\n${N} begin 12 3456\nline\n\n${N} end 3\ndaemon chatter\n`, N);

  assert.deepEqual(words, {
    process: { pid: '12', start: '3456' },
    fenced: undefined,
    status: 3,
    stdout: 'line\n',
  });
});

test('a step that did not come to its end has no status', () => {
  assert.equal(parseStep('only noise', N).process, undefined);
  assert.equal(parseStep(`\n${N} begin 12 3456\npart`, N).status, undefined);
  assert.equal(parseStep(`\n${N} begin 12 3456\n\n${N} fenced the lease is 8\n`, N).fenced, 'the lease is 8');
});

const failures = [
  [
    'No ED25519 host key is known for h and you have requested strict checking.\nHost key verification failed.',
    'host-key',
  ],
  ['deploy@h: Permission denied (publickey).', 'auth'],
  ['Received disconnect from h port 22:2: Too many authentication failures', 'auth'],
  ['kex_exchange_identification: read: Connection reset by peer', 'transport'],
  ['ssh: connect to host h port 22: Connection refused', 'transport'],
  ['Connection timed out during banner exchange', 'transport'],
  ['ssh: Could not resolve hostname h: Temporary failure in name resolution', 'transport'],
  ['channel 0: open failed: administratively prohibited: open failed\nstdio forwarding failed', 'forbidden'],
  ['channel 0: open failed: connect failed: Connection refused\nkex_exchange_identification: read', 'transport'],
  ['Connection closed by 10.0.0.1 port 22', 'other'],
  ['client_loop: send disconnect: Broken pipe', 'other'],
  ['ssh: Could not resolve hostname h: Name or service not known', 'other'],
  ['command-line: line 0: Bad configuration option: x', 'other'],
] as const;

for (const [stderr, kind] of failures) {
  test(`"${stderr.slice(-60)}" is a failure of kind ${kind}`, () => {
    assert.equal(failureKind(stderr), kind);
  });
}

test('what a host says is printed without what would move a cursor, and not without end', () => {
  assert.equal(printable('a\u001b[2Jb\tc\u0000é\u202ed'), 'a\ufffd[2Jb\tc\ufffdé\ufffdd');
  assert.equal(printable('x'.repeat(10_000)).length, 500);
});

test('the offered key is told with the very fingerprint that ssh-keygen prints, and the line to paste', () => {
  const line = '[127.0.0.1]:2222 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKxRK1rE4za+1oWROcSKpwIkYa46u0Viekch6DqSyf+X';
  const offered = parseOfferedKey(`${line}\n`);

  const problem = hostKeyProblem('web-1', '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @', offered);

  assert.match(offered?.fingerprint ?? '', /^SHA256:[A-Za-z0-9+/]{43}$/);
  assert.match(problem.what, /^web-1: its host key is another one/);
  assert.equal(problem.got, `ssh-ed25519 ${offered?.fingerprint}`);
  assert.ok(problem.fix?.endsWith(`\n${line}`));
});

test('a jump host that shows the wrong key is named, and the name that ssh missed is found in its words', () => {
  const offered = parseOfferedKey('[10.0.0.1]:2222 ssh-ed25519 AAAA\n');
  const problem = hostKeyProblem('web-1', '', offered === undefined ? undefined : { ...offered, jumpHost: true });

  assert.equal(problem.what, 'web-1, at its jump host [10.0.0.1]:2222: its host key is not in known-hosts.');
  assert.equal(refusedName('No ED25519 host key is known for [h]:22022 and you have requested strict'), '[h]:22022');
  assert.equal(refusedName('Host key for jump-1 has changed and you have requested strict checking.'), 'jump-1');
  assert.equal(refusedName('The ED25519 host key for h is marked as revoked.'), 'h');
});

test('a host that shows no key at all is said to be unknown', () => {
  assert.equal(parseOfferedKey(''), undefined);
  assert.match(hostKeyProblem('web-1', '', undefined).what, /not in known-hosts/);
});
