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
