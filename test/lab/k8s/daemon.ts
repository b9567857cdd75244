import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Argv } from '@slipway/effects/exec';

/** A server of the lab; it ends with the machine that it was started in. */
export interface Daemon {
  readonly name: string;
  readonly pid: number;
  /** Throws, with the last lines of its log, when it has ended. */
  check(): void;
}

/** Starts a server whose output goes to `<folder>/<name>.log`. */
export function startDaemon(name: string, argv: Argv, folder: string): Daemon {
  const path = join(folder, `${name}.log`);
  const log = openSync(path, 'a', 0o600);
  const [program, ...args] = argv;
  const child: ChildProcess = spawn(program, args, { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  let problem: Error | undefined;
  child.once('error', (cause) => (problem = cause));
  return {
    name,
    pid: child.pid ?? 0,
    check() {
      if (problem !== undefined) throw problem;
      if (child.exitCode === null && child.signalCode === null) return;
      const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
      throw new Error(`${name} ended (${child.exitCode ?? child.signalCode}); the end of ${path}:\n${lines}`);
    },
  };
}

const PAUSE_MS = 50;
const LIMIT_MS = 90_000;

/** Asks until the answer is yes; throws when one of the daemons has ended, or after 90 s. */
export async function until(
  what: string,
  daemons: readonly Daemon[],
  isSo: () => Promise<boolean> | boolean,
): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (!(await isSo())) {
    for (const daemon of daemons) daemon.check();
    if (performance.now() > deadline) throw new Error(`${what}: not so after ${LIMIT_MS / 1_000} s`);
    await sleep(PAUSE_MS);
  }
}
