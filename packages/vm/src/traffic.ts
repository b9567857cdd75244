import { messageOf } from '@slipway/kernel/errors';
import type { Balancer, ServerRef, ServerState } from './balancers/balancer.ts';
import { HostError } from './remote.ts';
import type { Session } from './ssh/session.ts';

/** A balancer and the host that it runs on. */
export interface BalancerHost {
  readonly session: Session;
  readonly balancer: Balancer;
}

export type Change = ServerRef & { readonly share: number };

export interface TrafficLimits {
  /** For what is in flight on a drained server to end. */
  readonly drainMs: number;
  /** For the balancer to call a server up that it shall use again. */
  readonly upMs: number;
}

/**
 * The share of each server over all balancers: their mean, so that a server which only some of them use counts neither
 * as drained nor as in full service.
 */
export async function readShares(
  balancers: readonly BalancerHost[],
  servers: readonly ServerRef[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const seen = (await Promise.all(balancers.map(({ balancer }) => balancer.read(servers, signal)))).flat();
  const mean = (ref: ServerRef): number => {
    const shares = seen.filter((state) => sameServer(state, ref)).map((state) => state.share);
    return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
  };
  return new Map(servers.map((ref) => [serverKey(ref), mean(ref)]));
}

/** Why each of these members did not get its traffic as wanted; members that did are left out. */
export type TrafficFailures = ReadonlyMap<string, HostError>;

/**
 * Sets the shares on all balancers, once what joins is called up where everybody would follow at once. Then it waits: for what goes to 0 until nothing is in flight, for the rest until each
 * balancer calls it up.
 */
export async function changeTraffic(
  balancers: readonly Pick<BalancerHost, 'balancer'>[],
  changes: readonly Change[],
  limits: TrafficLimits,
  signal: AbortSignal,
): Promise<TrafficFailures> {
  if (changes.length === 0) return new Map();
  const leaving = changes.filter(({ share }) => share === 0);
  const joining = changes.filter(({ share }) => share > 0);
  const refused =
    (await refusal(async ({ balancer }) => balancer.ready?.(joining, limits.upMs, signal))) ??
    (await refusal(({ balancer }) => balancer.set(changes, signal)));
  if (refused !== undefined) return blame(changes, refused.reason);

  const waits = balancers.flatMap(({ balancer }) => [
    wait(balancer, leaving, (refs) => balancer.drained(refs, limits.drainMs, signal), isBusy),
    wait(balancer, joining, (refs) => balancer.up(refs, limits.upMs, signal), isDown),
  ]);
  const failures = (await Promise.all(waits)).flatMap((each) => [...each]);
  signal.throwIfAborted();
  return new Map(failures);

  async function refusal(
    ask: (at: Pick<BalancerHost, 'balancer'>) => Promise<void>,
  ): Promise<PromiseRejectedResult | undefined> {
    const answers = await Promise.allSettled(balancers.map(ask));
    signal.throwIfAborted();
    return answers.find((answer) => answer.status === 'rejected');
  }

  async function wait(
    balancer: Balancer,
    refs: readonly ServerRef[],
    until: (refs: readonly ServerRef[]) => Promise<void>,
    isLate: (state: ServerState) => boolean,
  ): Promise<TrafficFailures> {
    if (refs.length === 0) return new Map();
    try {
      await until(refs);
      return new Map();
    } catch (cause) {
      const states = signal.aborted ? [] : await balancer.read(refs, signal).catch((): ServerState[] => []);
      const late = states.filter(isLate);
      return blame(late.length > 0 ? late : refs, cause);
    }
  }
}

export function serverKey(ref: ServerRef): string {
  return `${ref.member} ${ref.slot}`;
}

function blame(refs: readonly ServerRef[], cause: unknown): TrafficFailures {
  return new Map(refs.map(({ member }) => [member, new HostError(messageOf(cause), [], { cause })]));
}

function sameServer(a: ServerRef, b: ServerRef): boolean {
  return a.member === b.member && a.slot === b.slot;
}

function isBusy(state: ServerState): boolean {
  return state.inFlight > 0 || state.share > 0;
}

function isDown(state: ServerState): boolean {
  return !state.up;
}
