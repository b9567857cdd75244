import type { Clock } from '@slipway/effects/clock';
import type { Log } from '@slipway/kernel/log';
import type { ReleaseRecord } from '@slipway/kernel/release';

/** What a publisher knows of a release before a store has taken its bytes. */
export type ReleaseDraft = Omit<ReleaseRecord, 'kind' | 'fileName' | 'locations'> & {
  readonly kind: 'file';
  readonly fileName: string;
};

export interface Published {
  readonly outcome: 'published' | 'already-published';
  /** As it stands in the store: of the publisher who was first. */
  readonly record: ReleaseRecord;
}

/**
 * Releases by name and version. A version is there whole or not at all, and is never overwritten: of publishers with
 * different bytes exactly one wins, and the others get a UserError with both digests and both commits.
 */
export interface Store {
  /** As it stands in the locations of its records. */
  readonly uri: string;
  /** Publishes the bytes of the file `source`. The same content again is a success that changes nothing. */
  put(draft: ReleaseDraft, source: string): Promise<Published>;
  /**
   * Writes the bytes to `destination`, whole and checked, or not at all. UserErrors: the release is not there, the
   * record is not the one that the store has, the bytes do not match it.
   */
  get(record: ReleaseRecord, destination: string): Promise<void>;
  /** The record of a published release, or undefined. */
  stat(name: string, version: string): Promise<ReleaseRecord | undefined>;
  /** All published releases of a name, oldest commit first. */
  list(name: string): Promise<readonly ReleaseRecord[]>;
}

export interface StorePorts {
  readonly clock: Clock;
  readonly log: Log;
  /** Ends transfers and waits. */
  readonly signal?: AbortSignal;
}
