import type { Clock } from '@slipway/effects/clock';

/** How long things have lasted, by our own clock. What is not asked for in a round begins anew the next time. */
export interface Stopwatch {
  nextRound(): void;
  /** Milliseconds since it was asked for in round after round; 0 the first time. */
  readonly since: (key: string) => number;
}

export function createStopwatch(clock: Clock): Stopwatch {
  let before = new Map<string, number>();
  let now = new Map<string, number>();
  return {
    nextRound() {
      before = now;
      now = new Map();
    },
    since(key) {
      const began = now.get(key) ?? before.get(key) ?? clock.monotonic();
      now.set(key, began);
      return clock.monotonic() - began;
    },
  };
}
