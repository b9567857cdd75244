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
 * - `soak`: watched for a time.
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
  | { readonly kind: 'soak'; readonly members: readonly string[]; readonly forMs: number }
  | { readonly kind: 'retire'; readonly members: readonly string[]; readonly slot: SlotName };

export type StepKind = Step['kind'];

/** What is asked for. `release` is where every member shall end. */
export interface RollingRequest {
  readonly strategy: 'rolling';
  readonly release: ReleaseId;
  readonly batch: Amount;
  readonly minAvailable: Amount;
  readonly allowDowntime: boolean;
}

export type DeployRequest = RollingRequest;

export interface Plan {
  readonly strategy: DeployRequest['strategy'];
  readonly release: ReleaseId;
  /** Empty when the target already is as asked. */
  readonly steps: readonly Step[];
  /** Members in service may never be fewer than this while the plan runs; a whole number. */
  readonly minAvailable: number;
  /** What was adjusted or respected, in sentences for people. */
  readonly notes: readonly string[];
}
