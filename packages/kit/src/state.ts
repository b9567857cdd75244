import * as core from '@actions/core';
import { parseJson } from '@slipway/kernel/json';
import type { Env } from './read-inputs.ts';

/** One thing that main leaves to post. It is written at once, so that it survives a SIGKILL. Never a secret. */
export interface StateKey<T> {
  save(value: T): void;
  /** What main saved last; undefined when it saved nothing that the guard accepts. */
  read(env: Env): T | undefined;
}

/** Names a state key, once: `const leases = stateKey('leases', isLeases)`. Values travel as JSON. */
export function stateKey<T>(name: string, guard: (value: unknown) => value is T): StateKey<T> {
  return {
    save: (value) => core.saveState(name, JSON.stringify(value)),
    read(env) {
      const value = parseJson(env[`STATE_${name}`] ?? '');
      return guard(value) ? value : undefined;
    },
  };
}
