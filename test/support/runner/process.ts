import { spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import { lineSplitter } from './commands.ts';

/** ProcessInvoker.cs: how long the runner waits after each signal, and for output of a process that is gone. */
export const AFTER_SIGINT_MS = 7_500;
export const AFTER_SIGTERM_MS = 2_500;
const AFTER_EXIT_MS = 5_000;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** From the start to the exit, in milliseconds. */
  readonly ms: number;
}

export interface RunningProcess {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** SIGINT, SIGTERM, SIGKILL with the runner's pauses, to the entry process alone. */
  cancel(): Promise<void>;
  kill(): void;
}

/** Runs a script with this Node, as the runner does: no shell, no stdin, each line of output handed over as it comes. */
export function startProcess(options: {
  readonly script: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
}): RunningProcess {
  const began = performance.now();
  const flags = options.script.endsWith('.ts') ? ['--conditions=@slipway/source'] : [];
  const child = spawn(process.execPath, [...flags, options.script], {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    const decoder = new StringDecoder('utf8');
    const lines = lineSplitter(options.onLine);
    stream.on('data', (chunk: Buffer) => lines.push(decoder.write(chunk)));
    stream.on('close', () => lines.end());
  }
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      const exit = { code, signal, ms: performance.now() - began };
      // A child that was left behind may hold the pipes: the runner waits a little, then goes on without it.
      const timer = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, AFTER_EXIT_MS);
      child.once('close', () => {
        clearTimeout(timer);
        resolve(exit);
      });
    });
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`Node did not start: ${process.execPath}`);

  async function cancel(): Promise<void> {
    if (await gone('SIGINT', AFTER_SIGINT_MS)) return;
    if (await gone('SIGTERM', AFTER_SIGTERM_MS)) return;
    child.kill('SIGKILL');
    await exited;
  }

  async function gone(signal: NodeJS.Signals, withinMs: number): Promise<boolean> {
    child.kill(signal);
    const timeUp = new AbortController();
    const winner = await Promise.race([
      exited.then(() => 'exited'),
      sleep(withinMs, 'time up', { signal: timeUp.signal }).catch(() => 'exited'),
    ]);
    timeUp.abort();
    return winner === 'exited';
  }

  return { pid, exited, cancel, kill: () => void child.kill('SIGKILL') };
}
