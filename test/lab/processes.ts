import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/** Carried by every process of a lab and all that they start; its value is the lab's folder. */
export const LAB_MARK = 'SLIPWAY_LAB';

/**
 * Processes that belong to a lab's folder: they carry its mark in their environment, or work in it, run a program
 * from it or name it in their arguments without having a terminal (a person's shell or editor has one).
 * Supervisors that a deploy left on a "host" are nobody's children, so this is how the lab finds them again.
 */
export function processesBelow(folder: string): readonly FoundProcess[] {
  const own = ancestors();
  return pids()
    .filter((pid) => !own.has(pid) && touches(pid, folder))
    .map((pid) => ({ pid, command: words(pid, 'cmdline').join(' ') }));
}

/** Ends every process of a folder, also those that are started meanwhile; returns what is left after `timeoutMs`. */
export async function endProcessesBelow(folder: string, timeoutMs: number): Promise<readonly FoundProcess[]> {
  const deadline = performance.now() + timeoutMs;
  let left = processesBelow(folder);
  while (left.length > 0 && performance.now() < deadline) {
    // all at once and by SIGKILL: a supervisor that saw its app end first would start it again
    for (const { pid } of left) killProcess(pid);
    await sleep(20);
    left = processesBelow(folder);
  }
  return left;
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it went by itself
  }
}

function touches(pid: number, folder: string): boolean {
  const stat = statOf(pid);
  if (stat === undefined || stat.state === 'Z') return false;
  const below = (path: string): boolean => path === folder || path.startsWith(`${folder}/`);
  const mark = words(pid, 'environ').find((word) => word.startsWith(`${LAB_MARK}=`));
  if (mark !== undefined && below(mark.slice(LAB_MARK.length + 1))) return true;
  if (stat.terminal !== 0) return false;
  return (
    [link(pid, 'cwd'), link(pid, 'exe')].some(below) || words(pid, 'cmdline').some((word) => word.includes(folder))
  );
}

interface Stat {
  readonly state: string;
  readonly parent: number;
  /** Device number of the controlling terminal; 0 = none. */
  readonly terminal: number;
}

function statOf(pid: number): Stat | undefined {
  const text = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (text === undefined) return undefined;
  // the program's name stands in brackets and may hold anything, so count from its end
  const [state = '', parent, , , terminal] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state, parent: Number(parent), terminal: Number(terminal) };
}

/** This process and those above it: a shell that was given the folder as an argument must survive the clean-up. */
function ancestors(): ReadonlySet<number> {
  const found = new Set<number>();
  for (let pid = process.pid; pid > 1 && !found.has(pid); pid = statOf(pid)?.parent ?? 0) found.add(pid);
  return found;
}

function pids(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function link(pid: number, name: string): string {
  return attempt(() => readlinkSync(`/proc/${pid}/${name}`).replace(/ \(deleted\)$/, '')) ?? '';
}

function words(pid: number, name: 'cmdline' | 'environ'): readonly string[] {
  return (attempt(() => readFileSync(`/proc/${pid}/${name}`, 'utf8')) ?? '').split('\0').filter((word) => word !== '');
}

/** Processes come and go while we read; one that is gone has nothing to say. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
