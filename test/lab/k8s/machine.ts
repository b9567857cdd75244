import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Argv } from '@slipway/effects/exec';

/**
 * A set of namespaces (network, mounts, processes) whose first process holds them. When it ends, the kernel ends all
 * that runs in them, other machines inside included, and takes their mounts and links away.
 */
export interface Machine {
  readonly name: string;
  /** Of its first process, as this process sees it. */
  readonly pid: number;
}

export interface MachineOptions {
  readonly name: string;
  /** The program that holds namespaces. */
  readonly pause: string;
  /** Stands in its command line, so that whoever clears that folder finds it. */
  readonly folder: string;
  /** The machine that this one is part of; default: none. */
  readonly inside?: Machine;
  /** Only one machine at a time holds this file; the others wait. */
  readonly lock?: string;
  /** Live on when this process ends; default: end with it, however it ends. */
  readonly outlive?: boolean;
}

/** Namespaces of which parts are entered. */
export type Namespace = 'net' | 'mount' | 'pid';

export async function startMachine(options: MachineOptions): Promise<Machine> {
  const { name, pause, folder } = options;
  // what is inside ends with what it is inside of
  const outlive = options.outlive === true || options.inside !== undefined;
  const life = outlive ? 'for-ever' : 'until-eof';
  const unshare: Argv = ['unshare', '--net', '--mount', '--pid', '--fork', '--mount-proc', pause, life, name, folder];
  const locked: Argv = options.lock === undefined ? unshare : ['flock', '--no-fork', options.lock, ...unshare];
  const [program, ...args] = options.inside === undefined ? locked : enter(options.inside, locked);
  // a machine that outlives us must not hold our pipes: stdout lives only until the first word
  const stderr = options.outlive === true ? 'ignore' : 'inherit';
  const child = spawn(program, args, { detached: true, stdio: [outlive ? 'ignore' : 'pipe', 'pipe', stderr] });
  await holding(child, name);
  child.stdout?.destroy();
  child.unref();
  (child.stdin as { unref?: () => void } | null)?.unref?.();
  return { name, pid: innermost(child.pid ?? 0) };
}

/** The command line that runs a program in a machine. */
export function enter(machine: Machine, argv: Argv, namespaces: readonly Namespace[] = ['net', 'mount', 'pid']): Argv {
  return ['nsenter', `--target=${machine.pid}`, ...namespaces.map((namespace) => `--${namespace}`), '--', ...argv];
}

async function holding(child: ChildProcess, name: string): Promise<void> {
  const failed = new AbortController();
  child.once('error', (cause) => failed.abort(cause));
  child.once('exit', (code) => failed.abort(new Error(`the machine ${name} ended at once, with status ${code}`)));
  if (child.stdout === null) throw new Error('a child without stdout');
  await once(child.stdout, 'data', { signal: failed.signal }).catch((cause: unknown) => {
    failed.signal.throwIfAborted();
    throw cause;
  });
}

/** Programs that enter or make namespaces of processes wait for the one that they started in them. */
function innermost(pid: number): number {
  const child = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return child === '' ? pid : innermost(Number(child.split(' ')[0]));
}
