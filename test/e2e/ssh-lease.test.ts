import assert from 'node:assert/strict';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '@slipway/effects/exec';
import { systemExec } from '@slipway/effects/exec-real';
import { lockFleet, unlockFleet } from '@slipway/vm/lease/fleet-lock';
import type { LeasedSession } from '@slipway/vm/ssh/session';
import { ask } from '../support/haproxy.ts';
import { keptLog } from '../support/kept-log.ts';
import type { RunnerOrder } from '../support/lease-runner.ts';
import { localShell } from '../support/local-session.ts';
import { isAlive } from '../support/processes.ts';
import { requirePart } from '../support/require.ts';
import { leaseOf, lockSettings, type SshLab, sshLab, stepOf } from '../support/ssh-lab.ts';
import { watchedExec } from '../support/ssh-probe.ts';
import { temporaryFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';

test('a lease is taken, told to others with its owner, and given back', async (t) => {
  if (requirePart(t, 'sshd') === undefined) return;
  await using lab = await sshLab(1);
  const first = await lab.openOne();
  const second = await lab.openOne({ lease: leaseOf(2) });

  const held = await first.acquire();
  const again = await first.acquire();
  const busy = await second.acquire();
  await first.release();
  const next = await second.acquire();

  assert.deepEqual(
    [held, again, next],
    [
      { kind: 'held', fence: 1 },
      { kind: 'held', fence: 1 },
      { kind: 'held', fence: 2 },
    ],
  );
  assert.equal(busy.kind === 'busy' && `${busy.owner} ${busy.url}`, `run 1, attempt 1 ${leaseOf(1).run.url}`);
  assert.equal(first.hostId(), second.hostId());
  assert.match(first.hostId() ?? '', /^[0-9a-f]{32}$/);
  assert.deepEqual(readdirSync(lab.state(0)), ['host-id', 'lease.2', 'steps']);
});

test('of 20 contenders one wins each round, and what it does under the lease is never disturbed', async () => {
  await using lab = await sshLab(1);
  const hosts = Array.from({ length: 20 }, (_, n) => lab.host(0, { name: `contender-${n}` }));
  const { sessions } = await lab.open(hosts);
  const counter = lab.folder.at('counter');
  writeFileSync(counter, '0\n');
  const script = 'read -r n <"$counter"; sleep 0.05; echo $((n + 1)) >"$counter"';
  const rounds = 6;

  for (let round = 0; round < rounds; round += 1) {
    const answers = await Promise.all(sessions.map((session) => session.acquire()));
    const winners = sessions.filter((_, index) => answers[index]?.kind === 'held');
    assert.equal(winners.length, 1);
    await winners[0]?.run(stepOf(script, { vars: { counter }, fence: 'fenced' }));
    await winners[0]?.release();
  }
  // Now without rounds: everybody comes back until it was its turn.
  await Promise.all(sessions.map((session) => once(session, stepOf(script, { vars: { counter }, fence: 'fenced' }))));

  assert.equal(readFileSync(counter, 'utf8'), `${rounds + sessions.length}\n`);
});

test('kill -9 of the connection: the step in flight ends before the lease changes hands', async () => {
  await using lab = await sshLab(1);
  const { exec, masters } = watchedExec();
  const timeline = lab.folder.at('timeline');
  const first = await lab.openOne({ exec });
  const second = await lab.openOne({ lease: leaseOf(2) });
  await lockFleet([first], lockSettings());
  const script = 'echo begun >>"$timeline"; sleep 1.5; echo ended >>"$timeline"';
  const running = first.run(stepOf(script, { vars: { timeline }, fence: 'fenced' }));
  await until('the step has begun', () => existsSync(timeline));

  process.kill(masters[0]?.pid ?? 0, 'SIGKILL');
  await assert.rejects(running, /is lost/);
  const log = keptLog();
  await lockFleet([second], lockSettings({ log }));
  await second.run(stepOf('echo taken >>"$timeline"', { vars: { timeline }, fence: 'fenced' }));

  assert.equal(readFileSync(timeline, 'utf8'), 'begun\nended\ntaken\n');
  assert.match(
    log.told.find(([level]) => level === 'info')?.[1] ?? '',
    /^web-1 is held by run 1, attempt 1 \(https:.*\)/,
  );
});

test('kill -9 of the whole runner: the same, and nothing of it is left on the host', async () => {
  await using lab = await sshLab(1);
  const timeline = lab.folder.at('timeline');
  await using runner = await startRunner(lab, `echo begun >>${timeline}; sleep 1.5; echo ended >>${timeline}`);
  await until('the step has begun', () => existsSync(timeline));
  const owner = leaseIn(lab);

  runner.child.kill('SIGKILL');
  const second = await lab.openOne({ lease: leaseOf(2) });
  await lockFleet([second], lockSettings());
  await second.run(stepOf('echo taken >>"$timeline"', { vars: { timeline }, fence: 'fenced' }));

  assert.equal(readFileSync(timeline, 'utf8'), 'begun\nended\ntaken\n');
  await until('its processes are gone', () => !isAlive(owner.holder) && !isAlive(owner.session));
});

for (const name of ['dash', 'bash', 'busybox'] as const) {
  test(`a runner that is stopped is taken over (${name}): its step and tunnels end before the lease changes hands`, async (t) => {
    if (requirePart(t, name) === undefined) return;
    await using bin = temporaryFolder();
    const shell = await localShell(name, bin.path);
    await using lab = await sshLab(1, { env: { PATH: shell?.path ?? '' } });
    const timeline = lab.folder.at('timeline');
    const admin = lab.folder.at('admin.sock');
    const balancer = createServer((socket) => socket.end('reached\n')).listen(admin);
    // The child outlives the end of its shell, as whatever a step calls might.
    const script = `echo begun >>${timeline}; (sleep 10; echo ended >>${timeline}) & wait`;
    await using runner = await startRunner(lab, script, admin);
    await until('the step has begun', () => existsSync(timeline));
    assert.equal(await ask(runner.socket, 'x'), 'reached\n');
    const owner = leaseIn(lab);

    process.kill(runner.child.pid, 'SIGSTOP');
    const stoppedAt = performance.now();
    const second = await lab.openOne({ lease: leaseOf(2, 3, 1) });
    await lockFleet([second], lockSettings());
    const tookMs = performance.now() - stoppedAt;
    const left = [owner.holder, owner.session].filter(isAlive);
    await second.run(stepOf('echo taken >>"$timeline"', { vars: { timeline }, fence: 'fenced' }));
    const steps = readdirSync(`${lab.state(0)}/steps`);
    process.kill(runner.child.pid, 'SIGCONT');
    const lastWords = await runner.ended;
    balancer.close();

    assert.equal(readFileSync(timeline, 'utf8'), 'begun\ntaken\n');
    assert.deepEqual(left, []);
    assert.deepEqual(steps, []);
    assert.ok(tookMs > 2_000 && tookMs < 9_000, `${tookMs} ms`);
    await assert.rejects(ask(runner.socket, 'x'));
    assert.match(lastWords, /The step "slow" on web-1 broke off[\s\S]*The connection to web-1 is lost/);
  });
}

test('a holder that is stopped is taken over, and its runner learns that it has lost', async () => {
  await using lab = await sshLab(1);
  const first = await lab.openOne({ lease: leaseOf(1, 3, 1) });
  const second = await lab.openOne({ lease: leaseOf(2, 3, 1) });
  await lockFleet([first], lockSettings());
  const owner = leaseIn(lab);

  process.kill(owner.holder, 'SIGSTOP');
  await lockFleet([second], lockSettings());

  assert.equal(leaseIn(lab).run, '2');
  assert.equal(isAlive(owner.holder), false);
  await until('the first run has lost', () => first.lost.aborted);
  await assert.rejects(first.run(stepOf('true', { fence: 'fenced' })), /The connection to web-1 is lost/);
});

test('a run that lives is never robbed, however long it holds', async () => {
  await using lab = await sshLab(1);
  const first = await lab.openOne({ lease: leaseOf(1, 2, 1) });
  const second = await lab.openOne({ lease: leaseOf(2, 2, 1) });
  await lockFleet([first], lockSettings());

  const waiting = lockFleet([second], lockSettings({ waitMs: 5_000 }));

  await assert.rejects(waiting, (cause: Error) => {
    assert.match(cause.message, /^web-1 is held by another run, still after 5s\./);
    assert.match(cause.message, /got: {5}run 1, attempt 1 \(https:\/\/git\.example\/acme\/shop\/actions\/runs\/1\)/);
    assert.match(cause.message, /gh run cancel 1 --repo acme\/shop/);
    return true;
  });
  assert.equal((await first.run(stepOf('true', { fence: 'fenced' }))).code, 0);
});

test('nobody speaks any more: the host itself ends the connection and, after the last step, the lease', async () => {
  await using lab = await sshLab(1);
  const timeline = lab.folder.at('timeline');
  await using runner = await startRunner(lab, `echo begun >>${timeline}; sleep 6; echo ended >>${timeline}`);
  await until('the step has begun', () => existsSync(timeline));
  const owner = leaseIn(lab);

  process.kill(runner.child.pid, 'SIGSTOP');
  await until('the host hung up', () => !isAlive(owner.session));
  const whenHungUp = [readFileSync(timeline, 'utf8'), leaseIn(lab).condition];
  await until('the lease is free', () => leaseIn(lab).condition === 'free');
  const whenFree = readFileSync(timeline, 'utf8');
  await until('the holder is gone', () => !isAlive(owner.holder));

  assert.deepEqual([whenHungUp[0], whenFree], ['begun\n', 'begun\nended\n']);
  assert.match(whenHungUp[1] ?? '', /held|closing/);
});

test('a step that comes after the lease changed hands has no effect, and ends the session', async () => {
  await using lab = await sshLab(1);
  const session = await lab.openOne();
  await lockFleet([session], lockSettings());
  const effect = lab.folder.at('effect');
  writeFileSync(
    `${lab.state(0)}/lease.2`,
    readFileSync(`${lab.state(0)}/lease.1`, 'utf8').replace(/^held \S+/, 'claim x'),
  );

  const { code } = await session.run(stepOf(': >"$effect"', { vars: { effect }, fence: 'fenced' }));

  assert.equal(code, 75);
  assert.equal(existsSync(effect), false);
  assert.deepEqual(readdirSync(`${lab.state(0)}/steps`), []);
  assert.throws(() => session.lost.throwIfAborted(), /refused by its fence: the lease is 2 \(claim\), ours was 1/);
});

test('a holder whose lease was taken tells its runner with the next ping', async () => {
  await using lab = await sshLab(1);
  const session = await lab.openOne({ lease: leaseOf(1, 30, 1) });
  await lockFleet([session], lockSettings());

  writeFileSync(`${lab.state(0)}/lease.2`, 'held somebody else\n');

  await until('it has lost', () => session.lost.aborted, 3_000);
  assert.throws(() => session.lost.throwIfAborted(), /another run has taken the lease over/);
});

const leftovers = [
  { what: 'of another boot', change: (words: string[]) => words.with(6, '00000000-0000-0000-0000-000000000000') },
  { what: 'of a holder whose pid is somebody else now', change: (words: string[]) => words.with(9, '1').with(11, '1') },
  { what: 'torn by a crash', change: (words: string[]) => words.slice(0, 3) },
  { what: 'empty after a crash', change: () => [] },
];

for (const { what, change } of leftovers) {
  test(`a lease ${what} is nobody's: it is taken at once, and no innocent process is ended`, async () => {
    await using lab = await sshLab(1);
    const session = await lab.openOne();
    const innocent = systemExec.start({ argv: ['sleep', '60'] });
    const stat = readFileSync(`/proc/${innocent.pid}/stat`, 'utf8').split(' ');
    const pid = String(innocent.pid);
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const up = readFileSync('/proc/uptime', 'utf8').split('.')[0] ?? '';
    const words = ['held', 'tok', '7', '1', 'url', up, boot, '30', pid, stat[21] ?? '', pid, stat[21] ?? ''];
    mkdirSync(`${lab.state(0)}/steps`, { recursive: true });
    writeFileSync(`${lab.state(0)}/lease.4`, `${change(words).join(' ')}\n`);
    writeFileSync(`${lab.state(0)}/steps/${pid}.1`, `${boot} old\n`);

    const acquired = await session.acquire();
    const lives = isAlive(innocent.pid);
    innocent.kill('SIGKILL');

    assert.deepEqual(acquired, { kind: 'held', fence: 5 });
    assert.ok(lives);
    assert.deepEqual(readdirSync(lab.state(0)), ['host-id', 'lease.5', 'steps']);
    assert.deepEqual(readdirSync(`${lab.state(0)}/steps`), []);
  });
}

test('the state of another user of the host is refused in clear words', async () => {
  await using lab = await sshLab(1);
  const session = await lab.openOne();
  mkdirSync(lab.folder.at('root-0', 'shop', 'test'), { recursive: true });
  // As root any folder can be given away; else there are folders of root.
  if (process.getuid?.() === 0) {
    mkdirSync(lab.state(0));
    chownSync(lab.state(0), 65_534, 65_534);
  } else {
    symlinkSync('/usr', lab.state(0));
  }

  await assert.rejects(
    lockFleet([session], lockSettings()),
    /^UserError: web-1: The folder .*state belongs to another user/,
  );
});

test('a state folder that cannot be made says why', async () => {
  await using lab = await sshLab(1);
  const session = await lab.openOne();
  mkdirSync(lab.folder.at('root-0'));
  writeFileSync(lab.folder.at('root-0', 'shop'), 'a file where a folder should be');

  await assert.rejects(
    lockFleet([session], lockSettings()),
    /web-1: The folder .*steps cannot be written by the user .*: /,
  );
});

test('two names of one host are one lease and one connection, forwards included', async () => {
  await using lab = await sshLab(2);
  const admin = lab.folder.at('admin.sock');
  const balancer = createServer((socket) => socket.end('reached\n')).listen(admin);
  const forward = { kind: 'unix', path: admin } as const;
  const hosts = [lab.host(0), lab.host(1), lab.host(0, { name: 'lb-1' })];
  const { sessions } = await lab.open(hosts, {
    forwards: (host) => (host.name === 'lb-1' ? [forward] : []),
  });
  const [web, , lb] = sessions;
  const socket = lb?.socket(forward) ?? '';

  await lockFleet(sessions, lockSettings());
  const steps = await Promise.all(sessions.map((session) => session.run(stepOf('echo ok', { fence: 'fenced' }))));
  const answer = await ask(socket, 'x');
  balancer.close();
  await unlockFleet(sessions);

  assert.equal(web?.hostId(), lb?.hostId());
  assert.equal(web?.leader(), lb?.leader());
  assert.deepEqual(
    steps.map(({ stdout }) => stdout),
    ['ok\n', 'ok\n', 'ok\n'],
  );
  assert.equal(answer, 'reached\n');
  assert.match(readFileSync(`${lab.state(0)}/lease.1`, 'utf8'), /^free /);
  assert.equal(lb?.lost.aborted, false);
});

test('a host that is a copy of another one is not taken for it', async () => {
  await using lab = await sshLab(2);
  const { sessions } = await lab.open([lab.host(0), lab.host(1)]);
  for (const index of [0, 1]) {
    mkdirSync(lab.state(index), { recursive: true });
    writeFileSync(`${lab.state(index)}/host-id`, 'c0ffee\n');
  }

  await assert.rejects(lockFleet(sessions, lockSettings()), /web-1 and web-2 are two hosts with one id/);
  assert.match(readFileSync(`${lab.state(0)}/lease.1`, 'utf8'), /^free /);
});

interface Lease {
  readonly condition: string;
  readonly run: string;
  readonly holder: number;
  readonly session: number;
}

function leaseIn(lab: SshLab): Lease {
  const newest = readdirSync(lab.state(0))
    .filter((name) => name.startsWith('lease.'))
    .toSorted((a, b) => Number(a.slice(6)) - Number(b.slice(6)))
    .at(-1);
  const words = readFileSync(`${lab.state(0)}/${newest}`, 'utf8').split(' ');
  return { condition: words[0] ?? '', run: words[2] ?? '', holder: Number(words[8]), session: Number(words[10]) };
}

async function once(session: LeasedSession, step: ReturnType<typeof stepOf>): Promise<void> {
  while ((await session.acquire()).kind === 'busy') await sleep(100);
  await session.run(step);
  await session.release();
}

interface Runner extends AsyncDisposable {
  readonly child: Child;
  /** The runner's end of the forward. */
  readonly socket: string;
  /** All that it said. */
  readonly ended: Promise<string>;
}

/** A runner in a process of its own with a lease of 3 s, once it has the lease. */
async function startRunner(lab: SshLab, script: string, forward?: string): Promise<Runner> {
  const { privateFolder, knownHosts, sshKey, connectTimeoutMs } = lab.settings();
  const settings = { privateFolder, knownHosts, sshKey, connectTimeoutMs, lease: leaseOf(1, 3, 1) };
  const order: RunnerOrder = { host: lab.host(0), settings, script, ...(forward === undefined ? {} : { forward }) };
  const program = new URL('../support/lease-runner.ts', import.meta.url).pathname;
  const child = systemExec.start({
    argv: [process.execPath, '--conditions=@slipway/source', program, JSON.stringify(order)],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += String(chunk)));
  await until('the runner has the lease', () => said.includes('locked'));
  return {
    child,
    socket: /locked (\S*)/.exec(said)?.[1] ?? '',
    ended: child.finished.then(() => said),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await child.finished;
    },
  };
}
