import type { Amount } from '@slipway/kernel/amount';
import type { ReleaseId } from '@slipway/kernel/release';
import type { SlotName } from './topology.ts';

/** Shares of a member's traffic by slot, 0..100; slots that are not named keep theirs. */
export type Shares = Readonly<Partial<Record<SlotName, number>>>;

/**
 * A plan is a flat list of these. Each works on all its members at once, is idempotent, and can be entered again.
 * - `stage`: the bytes and configuration of a release come to the members; nothing that runs changes.
 * - `migrate`: the data is brought to what the release needs, on the first of the members alone; nothing that runs changes.
 * - `start`: the release runs in a slot; what ran in that slot is stopped first, or serves until the new one is ready,
 *   as the target `replaces`.
 * - `probe`: health passes in a row, the reported version is this one, the process did not restart.
 * - `shift`: the shares become these; a slot that goes to 0 is waited for until nothing is in flight.
 * - `check`: the user's own checks of a slot by its address, before any user is sent there.
 * - `soak`: watched for a time, by the gates that were asked for.
 * - `retire`: what runs in the slot is stopped; old releases are pruned by the ledger.
 */
export type Step =
  | { readonly kind: 'stage'; readonly members: readonly string[]; readonly release: ReleaseId }
  | { readonly kind: 'migrate'; readonly members: readonly string[]; readonly release: ReleaseId }
  | {
      readonly kind: 'start';
      readonly members: readonly string[];
      readonly slot: SlotName;
      readonly release: ReleaseId;
    }
  | {
      readonly kind: 'probe';
      readonly members: readonly string[];
      readonly slot: SlotName;
      readonly release: ReleaseId;
    }
  | { readonly kind: 'shift'; readonly members: readonly string[]; readonly shares: Shares }
  | {
      readonly kind: 'check';
      readonly members: readonly string[];
      readonly slot: SlotName;
      readonly release: ReleaseId;
    }
  | {
      readonly kind: 'soak';
      readonly members: readonly string[];
      /** The one that is watched. */
      readonly release: ReleaseId;
      readonly forMs: number;
    }
  | { readonly kind: 'retire'; readonly members: readonly string[]; readonly slot: SlotName };

export type StepKind = Step['kind'];

/** What every request says. `release` is where every member shall end. */
interface Asked {
  readonly release: ReleaseId;
  readonly minAvailable: Amount;
  readonly allowDowntime: boolean;
}

export interface RollingRequest extends Asked {
  readonly strategy: 'rolling';
  /** Members of the first batch, the second...; the last holds for all that follow. */
  readonly batch: readonly [Amount, ...Amount[]];
  /** Between two batches, in milliseconds. */
  readonly pauseMs: number;
  readonly mixedVersions: MixedVersions;
}

export interface BlueGreenRequest extends Asked {
  readonly strategy: 'blue-green';
  /** Watched for this long after the switch, in milliseconds. */
  readonly soakMs: number;
  /** The user has checks of his own, to be made before the switch. */
  readonly checks: boolean;
  /** The slot that is left stays as it is, for an instant way back; else it is retired. */
  readonly keepWarm: boolean;
  /** `begin` ends before the switch. */
  readonly until: 'end' | 'first-step';
}

/** One step of a canary: so much of the traffic, for so long. */
export interface CanaryStep {
  /** Above 0, at most 100. */
  readonly percent: number;
  readonly soakMs: number;
}

export interface CanaryRequest extends Asked {
  readonly strategy: 'canary';
  /** Shares rise from step to step; 100 % comes last, whether it is named or not. */
  readonly steps: readonly [CanaryStep, ...CanaryStep[]];
  readonly checks: boolean;
  readonly keepWarm: boolean;
  readonly mixedVersions: MixedVersions;
  /** `first-step` ends after the first step. */
  readonly until: 'end' | 'first-step';
}

/** Whether users may get old and new answers at the same time. */
export type MixedVersions = 'allowed' | 'forbidden';

export type DeployRequest = RollingRequest | BlueGreenRequest | CanaryRequest;

export interface Plan {
  readonly strategy: DeployRequest['strategy'];
  readonly release: ReleaseId;
  /** The slot that comes up on all of its members before it gets traffic; absent where members are replaced in place. */
  readonly incoming?: SlotName;
  /** Empty when the target already is as asked. */
  readonly steps: readonly Step[];
  /** Members in service may never be fewer than this while the plan runs; a whole number. */
  readonly minAvailable: number;
  /** What was adjusted or respected, in sentences for people. */
  readonly notes: readonly string[];
}
