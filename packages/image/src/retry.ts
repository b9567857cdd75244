import type { Clock } from '@slipway/effects/clock';
import type { Log } from '@slipway/kernel/log';

export interface RetryPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal?: AbortSignal;
}

/** How one try ended: with a result, or in a way that may be over a moment later. */
export type Try<T> =
  | { readonly kind: 'done'; readonly value: T }
  | {
      readonly kind: 'transient';
      /** What happened, for the log: half a sentence. */
      readonly because: string;
      /** The least time to wait, in milliseconds, when the other side named one. */
      readonly waitMs?: number;
      /** The result when this was the last try; it may throw. */
      readonly last: () => T;
    };

const TRIES = 4;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** Does the work up to four times, with growing waits that are never the same for two of us. */
export async function withRetries<T>(
  what: string,
  work: () => Promise<Try<T>>,
  { clock, log, signal }: RetryPorts,
): Promise<T> {
  for (let count = 1; ; count += 1) {
    const tried = await work();
    if (tried.kind === 'done') return tried.value;
    if (count === TRIES) return tried.last();
    const wait = Math.min(LONGEST_WAIT_MS, Math.max(tried.waitMs ?? 0, jittered(FIRST_WAIT_MS * 2 ** (count - 1))));
    log.info(`${what}: ${tried.because}; try ${count + 1} of ${TRIES} in ${(wait / 1_000).toFixed(1)} s.`);
    await clock.sleep(wait, signal);
  }
}

function jittered(ms: number): number {
  return ms * (0.5 + Math.random());
}
