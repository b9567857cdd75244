import { type Clock, reasonOf, throwIfAborted } from '@slipway/effects/clock';

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** Time that only passes when everybody sleeps: an hour costs a moment, and the order of waking is always the same. */
export function virtualClock(): Clock {
  const sleepers: Sleeper[] = [];
  let now = 0;
  let ticking = false;

  function tick(): void {
    const next = sleepers.reduce<Sleeper | undefined>((a, b) => (a !== undefined && a.due <= b.due ? a : b), undefined);
    ticking = next !== undefined && next.due !== Number.POSITIVE_INFINITY;
    if (next === undefined || !ticking) return;
    sleepers.splice(sleepers.indexOf(next), 1);
    now = next.due;
    next.wake();
    setImmediate(tick);
  }

  return {
    wall: () => Date.UTC(2026, 0, 1) + now,
    monotonic: () => now,
    sleep(ms, signal) {
      throwIfAborted(signal);
      return new Promise((resolve, reject) => {
        const sleeper = { due: now + ms, wake };
        function wake(): void {
          signal?.removeEventListener('abort', stop);
          resolve();
        }
        function stop(): void {
          sleepers.splice(sleepers.indexOf(sleeper), 1);
          reject(signal === undefined ? new Error('aborted') : reasonOf(signal));
        }
        signal?.addEventListener('abort', stop, { once: true });
        sleepers.push(sleeper);
        if (!ticking) setImmediate(tick);
        ticking = true;
      });
    },
  };
}
