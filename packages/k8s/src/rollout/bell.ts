import { type Clock, throwIfAborted } from '@slipway/effects/clock';

/** Wakes one loop; what rings while the loop is busy wakes it at once when it waits the next time. */
export interface Bell {
  readonly ring: () => void;
  /** Resolves when it rang, or after `ms`; rejects when the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export function createBell(clock: Clock): Bell {
  let rung = new AbortController();
  return {
    ring: () => rung.abort(),
    async wait(ms, signal) {
      await clock.sleep(ms, AbortSignal.any([signal, rung.signal])).catch(() => {});
      throwIfAborted(signal);
      rung = new AbortController();
    },
  };
}
