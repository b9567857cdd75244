/** Runs at most `max` at a time, in the order in which they were asked for. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>;

export function limiter(max: number): Limiter {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= max) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // The place goes straight to the next one, so that nobody slips in between.
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
