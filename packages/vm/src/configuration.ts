import { randomBytes } from 'node:crypto';
import { configId } from './env-file.ts';
import type { Configuration } from './vm-run.ts';

/** The configuration of a run, which gets its name once the key of the fleet is known. */
export interface Naming {
  /** A fleet without a key gets one of ours, which stays the same for the whole run. */
  readonly name: (key: string | undefined) => string | undefined;
  readonly known: () => Configuration | undefined;
}

export function createConfiguration(text: string | undefined): Naming {
  let named: Configuration | undefined;
  return {
    name: (found) => {
      if (text === undefined) return undefined;
      const key = named?.key ?? found ?? randomBytes(32).toString('hex');
      named ??= { id: configId(text, key), key, text };
      return named.id;
    },
    known: () => named,
  };
}
