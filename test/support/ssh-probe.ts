import { setTimeout as sleep } from 'node:timers/promises';
import type { Exec } from '@slipway/effects/exec';
import { systemExec } from '@slipway/effects/exec-real';

export interface Master {
  readonly pid: number;
  /** The socket that steps come through. */
  readonly control: string;
}

/** The real port, which also tells which masters it started. */
export function watchedExec(): { readonly exec: Exec; readonly masters: readonly Master[] } {
  const masters: Master[] = [];
  return {
    masters,
    exec: {
      run: (command) => systemExec.run(command),
      start(command) {
        const child = systemExec.start(command);
        const { argv } = command;
        if (argv.includes('-M')) masters.push({ pid: child.pid, control: argv[argv.indexOf('-S') + 1] ?? '' });
        return child;
      },
    },
  };
}

/** Waits for something that no event tells, such as what another process does. */
export async function until(what: string, holds: () => boolean, withinMs = 15_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(20);
  }
}
