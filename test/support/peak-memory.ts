import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The most memory that a process ever had, in bytes, as its kernel counts it (VmHWM); resolves once it is over. */
export async function peakMemory(pid: number, over: Promise<unknown>): Promise<number> {
  const ended = over.then(
    () => 'ended' as const,
    () => 'ended' as const,
  );
  for (let peak = 0; ; ) {
    peak = Math.max(peak, readPeak(pid));
    if ((await Promise.race([ended, sleep(50)])) === 'ended') return peak;
  }
}

function readPeak(pid: number): number {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kib ?? 0) * 1024;
  } catch {
    // It ended meanwhile.
    return 0;
  }
}
