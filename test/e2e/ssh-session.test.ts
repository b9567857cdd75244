import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { systemExec } from '@slipway/effects/exec-real';
import { lockFleet } from '@slipway/vm/lease/fleet-lock';
import { stepArgv } from '@slipway/vm/ssh/argv';
import { ask } from '../support/haproxy.ts';
import { localShell } from '../support/local-session.ts';
import { isAlive } from '../support/processes.ts';
import { requirePart } from '../support/require.ts';
import { leaseOf, lockSettings, sshLab, stepOf } from '../support/ssh-lab.ts';
import { watchedExec } from '../support/ssh-probe.ts';
import { makeKey } from '../support/sshd.ts';
import { temporaryFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';

test('a whole series of steps needs one TCP connection a host', async (t) => {
  if (requirePart(t, 'sshd') === undefined) return;
  await using lab = await sshLab(2);
  const { sessions } = await lab.open([lab.host(0), lab.host(1)]);

  await lockFleet(sessions, lockSettings());
  const steps = sessions.flatMap((session) =>
    Array.from({ length: 12 }, (_, n) => session.run(stepOf(`echo ${n}`, { fence: n % 2 === 0 ? 'fenced' : 'free' }))),
  );
  const results = await Promise.all(steps);

  assert.deepEqual(
    results.map(({ stdout }) => stdout),
    sessions.flatMap(() => Array.from({ length: 12 }, (_, n) => `${n}\n`)),
  );
  assert.deepEqual(
    lab.servers.map((server) => server.connections()),
    [1, 1],
  );
});

test('status, both outputs and data come through as they are', async () => {
  await using lab = await sshLab(1);
  const session = await lab.openOne();
  const data = randomBytes(3_000_000);
  const chunks = Array.from({ length: 30 }, (_, n) => data.subarray(n * 100_000, (n + 1) * 100_000));

  const digest = await session.run(stepOf('sha256sum', { input: Readable.from(chunks) }));
  const words = await session.run(stepOf('printf "a\\r\\n\\n"; echo b >&2; exit 7'));

  assert.equal(digest.stdout.slice(0, 64), createHash('sha256').update(data).digest('hex'));
  assert.deepEqual([words.code, words.stdout, words.stderr], [7, 'a\r\n\n', 'b\n']);
});

for (const shell of ['bash', 'dash', 'fish', 'csh']) {
  test(`a login shell that is ${shell}, with a chatty rc file, is no hindrance`, async (t) => {
    const program = requirePart(t, shell);
    if (program === undefined) return;
    const noise = 'echo "Welcome."; printf "prompt> "; echo "no tty" >&2';
    // What sshd does with a login shell: it runs it with -c and the command.
    await using lab = await sshLab(1, {
      config: [`ForceCommand ${noise}; exec ${program} -c "$SSH_ORIGINAL_COMMAND"`],
    });
    const session = await lab.openOne();

    await lockFleet([session], lockSettings());
    const { stdout } = await session.run(stepOf(`echo "$word"`, { vars: { word: "it's" }, fence: 'fenced' }));

    assert.equal(stdout, "it's\n");
  });
}

test('a host that has nothing but BusyBox serves the lease and steps', async (t) => {
  if (requirePart(t, 'busybox') === undefined) return;
  await using folder = temporaryFolder();
  const shell = await localShell('busybox', folder.path);
  await using lab = await sshLab(1, { env: { PATH: shell?.path ?? '' } });
  const session = await lab.openOne();
  const pids = lab.folder.at('pids');
  const slow = stepOf('echo $$ >>"$pids"; sleep 50 & echo $! >>"$pids"; wait', { vars: { pids }, fence: 'fenced' });

  await lockFleet([session], lockSettings());
  const which = await session.run(stepOf('readlink -f "/proc/$$/exe"', { fence: 'fenced' }));
  const late = await session.run({ ...slow, timeoutMs: 300 });
  await session.release();

  assert.match(which.stdout, /busybox/);
  assert.equal(late.timedOut, true);
  assert.deepEqual([pidsIn(pids).length, pidsIn(pids).filter(isAlive)], [2, []]);
  assert.match(readFileSync(`${lab.state(0)}/lease.1`, 'utf8'), /^free /);
});

test('a command that is not run in the place of the login shell is refused before anything happens', async () => {
  await using lab = await sshLab(1, { config: ['ForceCommand sh -c "$SSH_ORIGINAL_COMMAND"; true'] });
  const session = await lab.openOne();

  await assert.rejects(session.acquire(), /web-1: The login shell or ForceCommand .* by exec/);
  assert.equal(existsSync(lab.folder.at('root-0')), false);
});

test('reading leaves no trace on the host', async () => {
  await using lab = await sshLab(1);
  const session = await lab.openOne();

  const { code } = await session.run(stepOf('true'));
  await session.close();

  assert.equal(code, 0);
  assert.equal(existsSync(lab.folder.at('root-0')), false);
});

test('a unix socket of the host is at hand on the runner, over the same connection', async () => {
  await using lab = await sshLab(1);
  const forward = { kind: 'unix', path: lab.folder.at('admin:1.sock') } as const;
  const server = createServer((socket) => socket.end('info of the balancer\n')).listen(forward.path);
  const session = await lab.openOne({ forwards: () => [forward] });

  const answer = await ask(session.socket(forward), 'show info');
  server.close();

  assert.equal(answer, 'info of the balancer\n');
  assert.equal(lab.servers[0]?.connections(), 1);
  assert.throws(() => session.socket({ kind: 'tcp', host: 'localhost', port: 1 }), /opened without tcp:localhost:1/);
});

test('when the master is gone, a step fails and nobody connects again', async () => {
  await using lab = await sshLab(1);
  const { exec, masters } = watchedExec();
  const session = await lab.openOne({ exec });
  const running = session.run(stepOf('echo begun; echo the disk hums >&2; sleep 30'));
  await until('the step runs', () => lab.servers[0]?.log().includes('Starting session') === true);

  process.kill(masters[0]?.pid ?? 0, 'SIGKILL');

  await assert.rejects(
    running,
    /The step "test" on web-1 (broke off|did not begin)\.\n {2}The connection to web-1 is lost/,
  );
  await assert.rejects(session.run(stepOf('true')), /The connection to web-1 is lost: ssh ended/);
  await assert.rejects(session.acquire(), /is lost/);
  assert.equal(session.lost.aborted, true);
  assert.equal(lab.servers[0]?.connections(), 1);
});

test('a step whose master is gone has no way to connect by itself', async () => {
  await using lab = await sshLab(1);
  const { exec, masters } = watchedExec();
  const session = await lab.openOne({ exec });
  const [master] = masters;
  // As in the moment before anybody noticed: the socket is there, and nobody behind it.
  process.kill(master?.pid ?? 0, 'SIGKILL');
  await until('the end is noticed', () => session.lost.aborted);
  const connection = { host: lab.host(0), control: master?.control ?? '', config: '/dev/null', agent: undefined };

  const { code, stdout } = await systemExec.run({ argv: stepArgv(connection, 'echo reached') });

  assert.ok(existsSync(connection.control));
  assert.deepEqual([code, stdout], [255, '']);
  assert.equal(lab.servers[0]?.connections(), 1);
});

test('a step that takes too long, or is not wanted any more, is ended on the host with all it started', async () => {
  await using lab = await sshLab(1);
  const session = await lab.openOne();
  await lockFleet([session], lockSettings());
  const pids = lab.folder.at('pids');
  const script = 'sleep 60 & echo $! >>"$pids"; (sleep 60 & echo $! >>"$pids"; wait); wait';
  const step = stepOf(script, { vars: { pids }, fence: 'fenced', label: 'slow' });
  const stop = new AbortController();

  const late = await session.run({ ...step, timeoutMs: 500 });
  const unwanted = session.run({ ...step, signal: stop.signal });
  await until('the second one runs', () => pidsIn(pids).length === 4);
  stop.abort(new Error('the user gave up'));
  await assert.rejects(unwanted, /the user gave up/);

  assert.equal(late.timedOut, true);
  assert.equal(late.code, null);
  assert.deepEqual(pidsIn(pids).filter(isAlive), []);
});

test('a daemon that keeps the output open does not keep the step', async () => {
  await using lab = await sshLab(1);
  const session = await lab.openOne();

  const { code, stdout, ms } = await session.run(stepOf('setsid sleep 30 & echo $!'));
  const daemon = Number(stdout);
  const lives = isAlive(daemon);
  process.kill(daemon, 'SIGKILL');

  assert.equal(code, 0);
  assert.ok(lives, 'what left the process group lives on');
  assert.ok(ms < 6_000, `${ms} ms`);
});

test('host keys: a missing and a wrong one are told with the offered key and the line that cures it', async () => {
  await using lab = await sshLab(1);
  const [server] = lab.servers;
  const other = await makeKey(lab.folder.at('other'));
  const host = lab.host(0);
  const wrong = `[${host.address}]:${host.port} ${other.publicKey}`;
  const key = server?.knownHosts.split(' ').slice(0, 3).join(' ') ?? '';

  const missing = lab.open([host], { knownHosts: '' });
  await assert.rejects(missing, /web-1: its host key is not in known-hosts[\s\S]*ssh-ed25519 SHA256:/);
  const message = await lab.open([host], { knownHosts: wrong }).then(
    () => '',
    (cause: Error) => cause.message,
  );
  assert.match(message, /web-1: its host key is another one/);
  assert.ok(message.includes(key), message);
  const { sessions } = await lab.open([host], { knownHosts: message.split('\n').at(-1)?.trim() ?? '' });

  assert.equal(sessions.length, 1);
});

test('a refused log-in is not tried again; all failures come together and name their hosts', async () => {
  await using lab = await sshLab(3);
  const [first, second, third] = lab.servers;
  const stranger = await makeKey(lab.folder.at('stranger'));
  await third?.stop();

  const opening = lab.open([lab.host(0), lab.host(1), lab.host(2)], {
    sshKey: stranger.privateKey,
    knownHosts: lab.servers
      .filter((server) => server !== second)
      .map(({ knownHosts }) => knownHosts)
      .join('\n'),
    connectTimeoutMs: 2_000,
  });

  await assert.rejects(opening, (cause: Error) => {
    assert.equal(cause.name, 'UserError');
    assert.match(cause.message, /web-1 \(.*\) refused the log-in\.\n {2}got: .*Permission denied/);
    assert.match(cause.message, /web-2: its host key is not in known-hosts/);
    assert.match(cause.message, /web-3 \(.*\) was not reached within 2s, in [2-9] tries\.\n {2}got: .*refused/);
    return true;
  });
  assert.equal(first?.connections(), 1);
});

test('never more than 8 log-ins are open at a time, so sshd drops none of 20', async () => {
  await using lab = await sshLab(1, { config: ['MaxStartups 9:100:9'] });
  const hosts = Array.from({ length: 20 }, (_, n) => lab.host(0, { name: `name-${n}` }));

  const fleet = await lab.open(hosts);

  assert.equal(fleet.sessions.length, 20);
  assert.doesNotMatch(lab.servers[0]?.log() ?? '', /drop connection|MaxStartups throttling/);
});

test('the key is in no file and in no argument; one that cannot be used is said to be so', async () => {
  await using lab = await sshLab(1);
  const folder = lab.folder.at('p');
  mkdirSync(folder, { mode: 0o700 });
  await lab.openOne({ privateFolder: folder });
  const secret = lab.clientKey.privateKey.split('\n')[2] ?? '';

  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const holding = files.filter((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8').includes(secret));
  const telling = processes().filter((words) => words.includes(secret));

  assert.ok(secret.length > 40);
  assert.deepEqual([holding.length, telling.length], [0, 0]);
  await assert.rejects(lab.openOne({ sshKey: 'not a key' }), /The ssh-key cannot be used/);
  await assert.rejects(lab.openOne({ sshKey: await keyWithPassphrase(folder) }), /without a passphrase/);
});

test('who gives up while hosts are opened gets out at once, and nothing stays open', async () => {
  await using lab = await sshLab(1, { config: ['ForceCommand sleep 60'] });
  const folder = lab.folder.at('p');
  mkdirSync(folder, { mode: 0o700 });
  const stop = new AbortController();
  const { exec, masters } = watchedExec();
  const opening = lab.open([lab.host(0)], { exec, privateFolder: folder, signal: stop.signal });
  await until('it logged us in', () => lab.servers[0]?.log().includes('Starting session') === true);

  stop.abort(new Error('the user gave up'));

  await assert.rejects(opening, /the user gave up/);
  assert.deepEqual(readdirSync(folder), []);
  assert.deepEqual(
    masters.filter(({ pid }) => isAlive(pid)),
    [],
  );
});

test('an sshd that allows too few sessions is told as what it is', async () => {
  await using lab = await sshLab(1, { config: ['MaxSessions 1'] });
  const session = await lab.openOne();

  await assert.rejects(session.run(stepOf('true')), /did not begin[\s\S]*MaxSessions must be 10/);
  assert.equal(lab.servers[0]?.connections(), 1);
});

test('closing leaves no file, socket or process of ours', async () => {
  await using lab = await sshLab(1);
  const folder = lab.folder.at('p');
  mkdirSync(folder, { mode: 0o700 });
  const { exec, masters } = watchedExec();
  const fleet = await lab.open([lab.host(0)], { exec, privateFolder: folder, lease: leaseOf(1) });

  await fleet.close();

  assert.deepEqual(readdirSync(folder), []);
  assert.deepEqual(
    masters.filter(({ pid }) => isAlive(pid)),
    [],
  );
  await until('nothing names the folder', () => processes().every((words) => !words.includes(folder)));
});

function pidsIn(file: string): number[] {
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];
}

/** The arguments of every process. */
function processes(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    });
}

async function keyWithPassphrase(folder: string): Promise<string> {
  const path = join(folder, 'locked');
  await systemExec.run({ argv: ['ssh-keygen', '-q', '-t', 'ed25519', '-N', 'a secret', '-f', path] });
  return readFileSync(path, 'utf8');
}
