import { readdirSync, readFileSync } from 'node:fs';

/** A process below another one, as often as it was seen. */
export interface Descendant {
  readonly pid: number;
  readonly parent: number;
  /** Its arguments, joined by spaces. */
  readonly command: string;
  /** Between the first and the last time that it was seen. */
  readonly ms: number;
}

const LOOK_MS = 10;

/** Looks at the descendants of a process all the time, until it is told to stop. */
export function watchDescendants(pid: number): { stop(): readonly Descendant[] } {
  const seen = new Map<number, { parent: number; command: string; first: number; last: number }>();
  const look = (parent: number): void => {
    for (const child of childrenOf(parent)) {
      const now = performance.now();
      const first = seen.get(child)?.first ?? now;
      // A child that has just been forked still shows the arguments of its parent.
      const command = commandOf(child) || (seen.get(child)?.command ?? '');
      seen.set(child, { parent, command, first, last: now });
      look(child);
    }
  };
  const timer = setInterval(() => look(pid), LOOK_MS);
  return {
    stop() {
      clearInterval(timer);
      return [...seen].map(([child, { parent, command, first, last }]) => ({
        pid: child,
        parent,
        command,
        ms: last - first,
      }));
    },
  };
}

function childrenOf(pid: number): readonly number[] {
  return readdirOf(`/proc/${pid}/task`).flatMap((thread) =>
    read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
}

function readdirOf(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    // It ended meanwhile.
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
