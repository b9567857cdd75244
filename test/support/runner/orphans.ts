import { readdirSync, readFileSync } from 'node:fs';

export interface Orphan {
  readonly pid: number;
  readonly command: string;
}

/** Processes that a job left behind: they still carry its tracking id in their environment (JobExtension.cs). */
export function findOrphans(trackingId: string): readonly Orphan[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => readProc(pid, 'environ').split('\0').includes(`RUNNER_TRACKING_ID=${trackingId}`))
    .map((pid) => ({ pid: Number(pid), command: readProc(pid, 'cmdline').replaceAll('\0', ' ').trim() }))
    .filter(({ command }) => command !== '');
}

export function killOrphans(orphans: readonly Orphan[]): void {
  for (const { pid } of orphans) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // Gone, or somebody else's.
    return '';
  }
}
