import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { userError } from '@slipway/kernel/errors';
import { systemClock, throwIfAborted } from './clock.ts';
import type { Argv, Child, Command, Exec, Finished } from './exec.ts';

const KILL_GRACE_MS = 2_000;
/** A killed process may take its time to go, and an init that collects nobody leaves it there for good. */
const DYING_MS = 500;
const KEEP_BYTES = 8 * 1024 * 1024;

/** Children in their own process groups: the runner signals only our process, so we alone can end them. */
export const systemExec: Exec = { run, start };

async function run(command: Command): Promise<Finished> {
  throwIfAborted(command.signal);
  const began = performance.now();
  const child = await spawned(command.argv, command, command.input === undefined ? 'ignore' : 'pipe');
  const stdout = new Tail(command.keepBytes ?? KEEP_BYTES);
  const stderr = new Tail(command.keepBytes ?? KEEP_BYTES);
  collect(child.stdout, 'stdout', stdout, command);
  collect(child.stderr, 'stderr', stderr, command);
  feed(child, command.input);
  const closed = whenClosed(child);
  const ender = endWith(child, command);
  const { code, signal } = await closed;
  await ender.settle();
  throwIfAborted(command.signal);
  const ms = performance.now() - began;
  return { code, signal, stdout: stdout.text(), stderr: stderr.text(), timedOut: ender.timedOut(), ms };
}

function start(command: Pick<Command, 'argv' | 'cwd' | 'env'>): Child {
  const child = spawnGroup(command.argv, command, 'pipe');
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new Error('a child without pipes');
  child.on('error', () => {});
  stdin.on('error', () => {});
  return {
    pid: child.pid ?? 0,
    stdin,
    stdout,
    stderr,
    finished: whenClosed(child),
    kill: (signal = 'SIGTERM') => killGroup(child, signal),
  };
}

function spawnGroup(argv: Argv, command: Pick<Command, 'cwd' | 'env'>, stdin: 'pipe' | 'ignore'): ChildProcess {
  const [program, ...args] = argv;
  return spawn(program, args, {
    cwd: command.cwd,
    env: command.env ?? process.env,
    stdio: [stdin, 'pipe', 'pipe'],
    detached: true,
  });
}

function spawned(argv: Argv, command: Command, stdin: 'pipe' | 'ignore'): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const child = spawnGroup(argv, command, stdin);
    child.once('spawn', () => resolve(child));
    child.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'ENOENT'
          ? userError(`The program "${argv[0]}" is not on this machine.`, undefined, cause)
          : cause,
      ),
    );
  });
}

function whenClosed(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: 127, signal: null }));
  });
}

function feed(child: ChildProcess, input: Command['input']): void {
  if (input === undefined || child.stdin === null) return;
  // A child that stops reading early says so by its status, not by EPIPE here.
  child.stdin.on('error', () => {});
  if (input instanceof Readable) {
    input.on('error', () => killGroup(child, 'SIGKILL'));
    input.pipe(child.stdin);
  } else {
    child.stdin.end(input);
  }
}

function collect(stream: Readable | null, name: 'stdout' | 'stderr', tail: Tail, command: Command): void {
  stream?.on('data', (chunk: Buffer) => tail.push(chunk));
  const { onLine } = command;
  if (stream === null || onLine === undefined) return;
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => onLine(line, name));
}

/** Ends the whole group, gently first, when the time is up or the caller gives up. */
function endWith(child: ChildProcess, command: Command): { settle(): Promise<void>; timedOut(): boolean } {
  let timedOut = false;
  let killAt = Number.NEGATIVE_INFINITY;
  let killer: NodeJS.Timeout | undefined;
  const end = (): void => {
    killGroup(child, 'SIGTERM');
    killAt = performance.now() + KILL_GRACE_MS;
    killer ??= setTimeout(() => killGroup(child, 'SIGKILL'), KILL_GRACE_MS);
  };
  const timer =
    command.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          end();
        }, command.timeoutMs);
  command.signal?.addEventListener('abort', end, { once: true });
  return {
    async settle() {
      clearTimeout(timer);
      command.signal?.removeEventListener('abort', end);
      if (killer === undefined) return;
      // Others of the group may have let go of our pipes, and live on after their leader.
      while (groupLives(child) && performance.now() < killAt + DYING_MS) await systemClock.sleep(20);
      clearTimeout(killer);
    },
    timedOut: () => timedOut,
  };
}

function groupLives(child: ChildProcess): boolean {
  try {
    return child.pid !== undefined && process.kill(-child.pid, 0);
  } catch {
    return false;
  }
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

/** The last bytes of a stream, so that a chatty child cannot fill our memory. */
class Tail {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length <= 2 * this.#limit) return;
    const kept = Buffer.concat(this.#chunks).subarray(-this.#limit);
    this.#chunks = [kept];
    this.#length = kept.length;
  }

  text(): string {
    return Buffer.concat(this.#chunks).subarray(-this.#limit).toString('utf8');
  }
}
