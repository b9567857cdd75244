import type { Clock } from '@slipway/effects/clock';
import type { Exec } from '@slipway/effects/exec';
import { messageOf } from '@slipway/kernel/errors';
import type { Log } from '@slipway/kernel/log';
import type { ReleaseId, ReleaseRecord } from '@slipway/kernel/release';
import type { MemberFailure } from '@slipway/rollout/target';
import type { SlotName } from '@slipway/strategy/topology';
import type { Hook } from './hooks/hook.ts';
import type { Owed } from './journal.ts';
import type { Place } from './layout.ts';
import type { Observed } from './observe.ts';
import type { Prober } from './probe.ts';
import { HostError, type Site } from './remote.ts';
import type { Service, ServiceState } from './services/service.ts';
import type { Sites } from './sites.ts';
import type { Session } from './ssh/session.ts';
import type { BalancerHost, TrafficLimits } from './traffic.ts';
import type { Pull } from './transfer.ts';

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
  /** What every member has; one slot is called `blue`. */
  readonly slots: readonly SlotName[];
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
  /** Absent in a rollback: all of it is on the hosts already, and in their ledgers. */
  readonly brings?: Brought;
  readonly hooks: readonly Hook[];
  /** After a run that was cut off: hooks are those of the release that comes back, as on a way back. */
  readonly restores?: boolean;
  /** Where hooks on the runner run, and with which environment. */
  readonly runner: RunnerPlace;
  /** Given: the hosts get the bytes themselves, and nothing is fetched here. */
  readonly pull?: Pull | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: VmLimits;
  /** Says what an administrator does once on the hosts; default: only when something of it is missing. */
  readonly tellSetup?: boolean;
}

/** What a deployment brings beside the bytes of its release. */
export interface Brought {
  readonly release: ReleaseId;
  /** The variables that it runs with, as its host will read them. */
  readonly environment?: string;
  /** Paths in it that are links into `shared/`. */
  readonly shared: readonly string[];
  readonly migrate?: Pick<Hook, 'argv' | 'timeoutMs'>;
}

export interface RunnerPlace {
  readonly exec: Exec;
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Variables as they are kept on hosts, and what names them. */
export interface Configuration {
  readonly id: string;
  readonly key: string;
  readonly text: string;
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
  /** The release that a start of ours put into a slot of a member. */
  readonly installed: Map<string, ReleaseId>;
  /** The end of each ledger that we appended to since the hosts were looked at. */
  readonly recorded: Map<Site, string>;
  readonly bytes: Fetch;
  /** The hooks that releases staged by this run bring, by member and folder. */
  readonly stagedHooks: Map<string, readonly string[]>;
  /** Hooks that have had their one run. */
  readonly done: Set<Hook>;
  /** What this run brings for the release that it deploys; known once the hosts were looked at. */
  readonly configuration: () => Configuration | undefined;
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
