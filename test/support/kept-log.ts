import type { Log } from '@slipway/kernel/log';

/** A log that keeps what it is told: `[level, text]`. */
export interface KeptLog extends Log {
  readonly told: readonly (readonly [level: 'info' | 'debug' | 'warning' | 'group' | 'foreign', text: string])[];
}

export function keptLog(): KeptLog {
  const told: [KeptLog['told'][number][0], string][] = [];
  return {
    told,
    info: (text) => void told.push(['info', text]),
    debug: (text) => void told.push(['debug', text]),
    warning: (text) => void told.push(['warning', text]),
    foreign: (text) => void told.push(['foreign', text]),
    async group(title, body) {
      told.push(['group', title]);
      return await body();
    },
  };
}
