import type { Clock } from '@slipway/effects/clock';
import type { ServerRef } from './balancer.ts';
import type { AdminSocket } from './haproxy-cli.ts';
import * as errors from './haproxy-errors.ts';
import { isConfirmed, type ServerRow } from './haproxy-stats.ts';
import type { View } from './haproxy-view.ts';

const DRAIN_POLL_MS = 20;
const UP_POLL_MS = 50;

export interface Waiting {
  readonly admin: AdminSocket;
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly look: () => Promise<View<ServerRef>>;
}

/**
 * Until nothing is in flight on any of the servers. `process` is the one that the drain was told to; `taking` says
 * which of the servers get requests again.
 */
export async function untilDrained(
  { admin, clock, deadlineMs, signal, look }: Waiting,
  process: string | undefined,
  taking: (view: View<ServerRef>) => readonly ServerRow[],
): Promise<void> {
  let toldTo = process;
  let quietLooks = 0;
  await poll(clock, DRAIN_POLL_MS, deadlineMs, signal, async (over) => {
    const now = await look();
    toldTo ??= now.process;
    errors.refuseUndrained(admin, taking(now), toldTo === now.process);
    const busy = now.seen.map(({ row }) => row).filter(({ inFlight }) => inFlight > 0);
    if (over && busy.length > 0) throw errors.notDrained(admin, busy, deadlineMs);
    // Two in a row: a request may sit between two counters at the moment of one look.
    quietLooks = busy.length === 0 ? quietLooks + 1 : 0;
    return quietLooks === 2;
  });
}

/** Until the balancer's own check calls each of the servers up. */
export async function untilUp({ admin, clock, deadlineMs, signal, look }: Waiting): Promise<void> {
  await poll(clock, UP_POLL_MS, deadlineMs, signal, async (over) => {
    const { seen } = await look();
    const down = seen.map(({ row }) => row).filter((row) => !isConfirmed(row));
    if (over && down.length > 0) throw errors.notUp(admin, down, deadlineMs);
    return down.length === 0;
  });
}

/** Asks until it is so; `over` says that the time is up, for the last look to throw what it sees. */
async function poll(
  clock: Clock,
  everyMs: number,
  deadlineMs: number,
  signal: AbortSignal,
  isDone: (over: boolean) => Promise<boolean>,
): Promise<void> {
  const end = clock.monotonic() + deadlineMs;
  while (!(await isDone(clock.monotonic() >= end))) await clock.sleep(everyMs, signal);
}
