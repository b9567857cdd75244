import type { Digest } from '@slipway/kernel/digest';
import type { ReleaseId, ReleaseRecord, RunRef } from '@slipway/kernel/release';
import type { StepKind } from '@slipway/strategy/plan';

export const LEDGER_SCHEMA = 'slipway.ledger/v1';
export const JOURNAL_SCHEMA = 'slipway.journal/v1';

/** Who did it: the run, and the person or event behind it. */
export interface RunInfo extends RunRef {
  readonly actor: string;
}

/**
 * One finished deployment of the whole fleet, one line of JSON. Every member and balancer host keeps a copy.
 * `prev` is the SHA-256 of the line before it in that file (without its newline), so that a changed line shows.
 * `at` is the wall clock of the runner, for people; the order is `number`.
 */
export interface LedgerEntry {
  readonly schema: typeof LEDGER_SCHEMA;
  readonly number: number;
  readonly kind: 'deploy' | 'rollback';
  /** `failed`: the release never became live; what was live before still is, unless `live` says otherwise. */
  readonly outcome: 'deployed' | 'rolled-back' | 'failed';
  readonly app: string;
  readonly environment: string;
  readonly strategy: string;
  /** The release that this deployment was about; after a success it is live. */
  readonly release: ReleaseRecord;
  /** The configuration that it runs with, where it has one. */
  readonly config?: string;
  /** How the target ran it, where that can differ from run to run. */
  readonly settings?: Settings;
  /** What was live before. */
  readonly previous: ReleaseId | null;
  /** The release that a rollback left; it is never taken again by itself. */
  readonly bad: Digest | null;
  /** The configuration of that release. */
  readonly badConfig?: string;
  readonly run: RunInfo;
  /** Ids of the members and balancer hosts that took part. */
  readonly hosts: readonly string[];
  readonly balancers: readonly string[];
  readonly at: string;
  /** Milliseconds from the first effect to the last. */
  readonly ms: number;
  readonly prev: Digest;
}

/** How a target runs a release, in its own words. */
export type Settings = Readonly<Record<string, string>>;

/** The entry before it is chained to a file. */
export type NewEntry = Omit<LedgerEntry, 'prev'>;

/**
 * What is about to be done on one host, flushed there before the effect; one line of JSON.
 * `before` and `after` are shares for a shift, releases for a start or stage.
 */
export interface JournalLine {
  readonly schema: typeof JOURNAL_SCHEMA;
  readonly run: string;
  readonly attempt: number;
  /** Counts the steps of one run from 1. */
  readonly step: number;
  readonly kind: StepKind;
  readonly member: string;
  readonly slot: string | null;
  readonly before: string;
  readonly after: string;
  readonly digest: Digest | null;
  readonly state: 'intent' | 'done' | 'failed';
}
