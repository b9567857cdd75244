import type { ReleaseId, ReleaseRecord } from '@slipway/kernel/release';
import type { Step } from '@slipway/strategy/plan';
import type { Capabilities, Topology } from '@slipway/strategy/topology';
import type { LedgerEntry, NewEntry, RunInfo, Settings } from './entry.ts';
import type { WatchStep } from './watch.ts';

/** A step that changes something on the target; what only looks is done by whoever runs the plan. */
export type EffectStep = Exclude<Step, WatchStep>;

/** Why a member could not do its part of a step: one sentence, and the last lines of whatever explains it. */
export interface MemberFailure {
  readonly member: string;
  readonly name: string;
  readonly what: string;
  readonly lastLines: readonly string[];
}

/** Everything that a run reads before it decides. */
export interface Observation {
  readonly topology: Topology;
  /** The union of all copies, in order; chained per file, so `prev` differs between hosts. */
  readonly entries: readonly LedgerEntry[];
  /** Members whose journal ends with an intent that nobody finished: a run before this one was cut off there. */
  readonly unfinished: readonly string[];
  /** Hosts that do not have the newest entry yet: brought up to date with the next record. */
  readonly behind: readonly string[];
  /** What was noticed and respected, in sentences. */
  readonly notes: readonly string[];
  /** Ids of the balancer hosts that take part; absent where the router is no host of ours. */
  readonly balancers?: readonly string[];
  /** A deployment by this run brings the data to what its release needs, before it starts. */
  readonly migrates?: boolean;
  /** How this run wants a release to be run, for the ledger: what goes back to it does it the same way. */
  readonly settings?: Settings;
  /** What this run does beside the steps of its plan, in sentences. */
  readonly beside?: readonly string[];
  /** Names the configuration that this run brings for a release to deploy; absent where it brings none. */
  readonly config?: string;
}

/** A place where releases run. The executor speaks to nothing else; hosts and clusters implement it. */
export interface Target {
  readonly capabilities: Capabilities;
  /** Aborted when we can no longer be sure that we own the target: from then on there are no more effects. */
  readonly lost: AbortSignal;
  /** Takes all leases or none; waits for others in a fixed order, at most `waitMs`. */
  lock(waitMs: number, signal: AbortSignal): Promise<void>;
  observe(signal: AbortSignal): Promise<Observation>;
  /**
   * Does one step on all its members at once. The intent is on the target before the effect. Returns the members
   * that failed; the others did it. Throws only when nothing more can be said of any member.
   */
  perform(step: EffectStep, context: StepContext): Promise<readonly MemberFailure[]>;
  /**
   * What is left to do once it is known how the deployment ended, and recorded; still under the lease. It changes
   * nothing of that end: what goes wrong is returned, in sentences.
   */
  conclude?(conclusion: Conclusion, context: StepContext): Promise<readonly string[]>;
  /** Appends the entry to every copy of the ledger that is behind, and prunes by it. */
  record(entry: NewEntry, keep: number): Promise<void>;
  unlock(): Promise<void>;
}

/** How a deployment ended, and with which members in service. */
export interface Conclusion {
  readonly kind: 'deploy' | 'rollback';
  readonly outcome: LedgerEntry['outcome'];
  readonly succeeded: boolean;
  /** What it was about. */
  readonly release: ReleaseId;
  readonly members: readonly string[];
}

export interface StepContext {
  readonly run: RunInfo;
  /** Counts from 1 over the whole run, unwinding included. */
  readonly number: number;
  readonly phase: 'forward' | 'back';
  /** By digest, the record of every release that the ledger or the request knows. */
  readonly releases: ReadonlyMap<string, ReleaseRecord>;
  readonly signal: AbortSignal;
}
