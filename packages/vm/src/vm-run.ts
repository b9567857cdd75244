import type { Clock } from '@slipway/effects/clock';
import { messageOf } from '@slipway/kernel/errors';
import type { Log } from '@slipway/kernel/log';
import type { ReleaseRecord } from '@slipway/kernel/release';
import type { MemberFailure } from '@slipway/rollout/target';
import type { Owed } from './journal.ts';
import type { Place } from './layout.ts';
import type { Observed } from './observe.ts';
import type { Prober } from './probe.ts';
import { HostError, type Site } from './remote.ts';
import type { Service, ServiceState } from './services/service.ts';
import type { Sites } from './sites.ts';
import type { Session } from './ssh/session.ts';
import type { BalancerHost, TrafficLimits } from './traffic.ts';

export interface VmLimits extends TrafficLimits {
  /** Hosts that are worked on at once. */
  readonly atOnce: number;
  /** For one of our scripts to end, beyond what it waits for by its nature. */
  readonly stepMs: number;
  /** For the bytes of a release to reach one host. */
  readonly stageMs: number;
  /** Healthy releases that stay on the hosts; the ledger is read back far enough for them. */
  readonly keep: number;
}

export type Fetch = (release: ReleaseRecord, signal: AbortSignal) => Promise<string>;

export interface VmTargetOptions {
  readonly place: Place;
  /** One open session per member. */
  readonly members: readonly Session[];
  /** The host of a balancer may be a member too: then it is the same session. */
  readonly balancers: readonly BalancerHost[];
  readonly service: Service;
  readonly prober: Prober;
  /** The version is proved by the process that runs: it has to lie in the release. */
  readonly processProof: boolean;
  /** The leases of all hosts, all or none. */
  readonly lease: {
    lock(waitMs: number, signal: AbortSignal): Promise<void>;
    unlock(): Promise<void>;
  };
  /** The path of a file here that holds the release's bytes, their digest checked. Asked for once per release. */
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: VmLimits;
}

/** What a run has learned and done so far. */
export interface VmRun {
  readonly options: VmTargetOptions;
  readonly sites: Sites;
  /** Ends of steps that are not yet in the journals. */
  readonly owed: Owed;
  readonly seen: () => Observed;
  /** The share of each server, as it was seen or set last. */
  readonly shares: Map<string, number>;
  /** The process that a start of ours left in a slot of a member. */
  readonly started: Map<string, ServiceState>;
  /** The end of each ledger that we appended to since the hosts were looked at. */
  readonly recorded: Map<Site, string>;
  readonly bytes: Fetch;
}

export function memberSite(run: VmRun, member: string): Site {
  const site = run.sites.members.get(member);
  if (site === undefined) throw new Error(`there is no member "${member}" in this fleet`);
  return site;
}

export function failure(member: string, cause: unknown): MemberFailure {
  if (cause instanceof HostError) return { member, name: member, what: cause.message, lastLines: cause.lastLines };
  const [what = '', ...lastLines] = messageOf(cause).split('\n');
  return { member, name: member, what, lastLines };
}
