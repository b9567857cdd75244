/** Time as a port, so that tests can own it. */
export interface Clock {
  /** Milliseconds since the epoch: for records that people read, never for time-outs. */
  wall(): number;
  /** Milliseconds from an arbitrary start, never going back: for time-outs and durations. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(reasonOf(signal));
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal === undefined ? new Error('aborted') : reasonOf(signal));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  },
};

/** The reason of an aborted signal as an Error. */
export function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error(String(reason));
}

/** Throws the signal's reason when it is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw reasonOf(signal);
}

/** Resolves with the reason once the signal is aborted; stops listening when `over` is. For races. */
export function aborted(signal: AbortSignal, over: AbortSignal): Promise<Error> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(reasonOf(signal));
    signal.addEventListener('abort', () => resolve(reasonOf(signal)), { once: true, signal: over });
  });
}
