import type { Digest } from '@slipway/kernel/digest';
import { userError } from '@slipway/kernel/errors';
import type { ReleaseRecord } from '@slipway/kernel/release';
import type { KubeApi } from './api.ts';
import type { KubeObject } from './object.ts';
import type { KubePlace } from './place.ts';
import { loadSet, type ReleaseSet } from './release-set.ts';

/** The release that a run brings, with the content of its Secrets. */
export interface Brought {
  readonly release: ReleaseRecord;
  readonly set: ReleaseSet;
}

/** The objects of releases: of the one that is brought, with its Secrets, and of those that the cluster keeps. */
export interface SetStore {
  readonly brought: Brought | undefined;
  /** Undefined when the set is not there any more. */
  find(digest: Digest): Promise<readonly KubeObject[] | undefined>;
  /** A set that is not there is a UserError. */
  objects(digest: Digest): Promise<readonly KubeObject[]>;
}

/** Recorded sets never change, so each is read once. */
export function openSets(api: KubeApi, place: KubePlace, brought: Brought | undefined): SetStore {
  const read = new Map<Digest, Promise<readonly KubeObject[] | undefined>>();

  async function find(digest: Digest): Promise<readonly KubeObject[] | undefined> {
    if (brought?.set.digest === digest) return brought.set.objects;
    const known = read.get(digest) ?? loadSet(digest, api, place);
    read.set(digest, known);
    try {
      const set = await known;
      if (set === undefined) read.delete(digest);
      return set;
    } catch (thrown) {
      read.delete(digest);
      throw thrown;
    }
  }

  return {
    brought,
    find,
    async objects(digest) {
      const found = await find(digest);
      if (found !== undefined) return found;
      throw userError(`The objects of ${digest} are not kept in the cluster any more.`, 'deploy it again');
    },
  };
}
