import type { Clock } from '@slipway/effects/clock';
import type { Exec } from '@slipway/effects/exec';
import type { Http } from '@slipway/effects/http';
import type { Gate } from '@slipway/health/gates';
import type { Figures, Watched } from '@slipway/health/judge-gate';
import { watchGates } from '@slipway/health/watch-gates';
import { messageOf } from '@slipway/kernel/errors';
import type { Log } from '@slipway/kernel/log';
import { sameRelease } from '@slipway/kernel/release';
import type { Verdict, Watch, WatchStep } from '@slipway/rollout/watch';
import { type SlotName, servedRelease, slotRunning, type Topology } from '@slipway/strategy/topology';
import type { Balancer, ServerRef } from './balancers/balancer.ts';
import { type CheckOptions, runChecks } from './run-checks.ts';

export interface WatchOptions extends CheckOptions {
  readonly gates: readonly Gate[];
  /** From the end of one look at all gates to the next. */
  readonly everyMs: number;
  readonly balancers: readonly Balancer[];
  readonly exec: Exec;
  readonly http: Http;
  readonly clock: Clock;
  readonly log: Log;
}

/** Whoever looks at a release on its way through a fleet: the checks before its first user, and the gates after that. */
export function watchFleet(options: WatchOptions): Watch {
  return {
    async look(step, topology, signal) {
      try {
        return step.kind === 'check'
          ? await runChecks(step, options, signal)
          : await soak(step, topology, options, signal);
      } catch (cause) {
        signal.throwIfAborted();
        return { kind: 'bad', why: messageOf(cause), lastLines: [] };
      }
    },
  };
}

async function soak(
  step: Extract<WatchStep, { kind: 'soak' }>,
  topology: Topology,
  options: WatchOptions,
  signal: AbortSignal,
): Promise<Verdict> {
  const { gates, everyMs, balancers, clock, log } = options;
  if (gates.length === 0) {
    await clock.sleep(step.forMs, signal);
    return { kind: 'good' };
  }
  const servers = freshServers(step, topology);
  const figures = (until: AbortSignal): Promise<Figures | undefined> => figuresOf(balancers, servers, until);
  const times = { forMs: step.forMs, everyMs };
  const verdict = await watchGates(gates, watchedIn(step, topology, options), times, { ...options, figures }, signal);
  if (verdict.kind === 'good') for (const seen of verdict.seen) log.info(`gate ${seen}`);
  return verdict;
}

/** Where the new release runs among the members that are watched. */
function freshServers(
  { members, release }: Extract<WatchStep, { kind: 'soak' }>,
  topology: Topology,
): readonly ServerRef[] {
  return topology.members
    .filter(({ id }) => members.includes(id))
    .flatMap((member) => {
      const slot = slotRunning(member, release);
      return slot === undefined ? [] : [{ member: member.id, slot }];
    });
}

/** What gates are told of both sides. */
export function watchedIn(
  step: Extract<WatchStep, { kind: 'soak' }>,
  topology: Topology,
  { app, environment }: Pick<WatchOptions, 'app' | 'environment'>,
): Watched {
  const { release } = step;
  const slot = freshServers(step, topology)[0]?.slot ?? 'blue';
  const shares = topology.members.map((member) => {
    const states = Object.values(member.slots).filter((state) => sameRelease(state.release, release));
    return states.reduce((sum, state) => sum + state.share, 0);
  });
  return {
    app,
    environment,
    fresh: { slot, version: release.version },
    stable: stableIn(step, topology),
    share: shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length),
  };
}

/** Another release that runs: in the other slot, warm or with users, or on members that are not replaced yet. */
function stableIn({ release }: Extract<WatchStep, { kind: 'soak' }>, { members }: Topology): Watched['stable'] {
  const others = members.flatMap((member) =>
    (Object.entries(member.slots) as [SlotName, (typeof member.slots)[SlotName]][]).flatMap(([slot, state]) => {
      if (state?.healthy !== true || state.release === null || sameRelease(state.release, release)) return [];
      return [{ slot, version: state.release.version, serves: sameRelease(servedRelease(member), state.release) }];
    }),
  );
  const found = others.find(({ serves }) => serves) ?? others[0];
  return found === undefined ? undefined : { slot: found.slot, version: found.version };
}

/** Of all balancers together; undefined where one of them does not count. */
export async function figuresOf(
  balancers: readonly Balancer[],
  servers: readonly ServerRef[],
  signal: AbortSignal,
): Promise<Figures | undefined> {
  if (balancers.length === 0 || servers.length === 0) return undefined;
  const all = await Promise.all(balancers.map(async (balancer) => balancer.figures?.(servers, signal)));
  const counted = all.flatMap((figures) => figures ?? []);
  if (counted.length < all.length) return undefined;
  const timed = counted.filter(({ meanMs }) => meanMs !== undefined);
  const weight = timed.reduce((sum, { requests }) => sum + requests, 0);
  const spent = timed.reduce((sum, { requests, meanMs = 0 }) => sum + requests * meanMs, 0);
  return {
    process: counted.map(({ process }) => process).join('; '),
    requests: counted.reduce((sum, { requests }) => sum + requests, 0),
    failed: counted.reduce((sum, { failed }) => sum + failed, 0),
    meanMs: weight === 0 ? undefined : spent / weight,
  };
}
