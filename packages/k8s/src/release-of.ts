import { shortDigest } from '@slipway/kernel/digest';
import { RELEASE_SCHEMA, type ReleaseRecord, type RunRef } from '@slipway/kernel/release';
import { type KubePlace, recordRef } from './place.ts';
import { type ReleaseSet, SET_MEDIA_TYPE } from './release-set.ts';

/** Where a release comes from: what the run knows, and what the user and the images say. */
export interface Origin {
  readonly version: string | undefined;
  /** The release records of images, if any were given. */
  readonly images: readonly ReleaseRecord[];
  readonly repository: string;
  readonly ref: string;
  readonly sha: string;
  readonly run: RunRef;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const SHORT_SHA = 12;
const NO_COMMIT = '0'.repeat(40);

/** The record of a set: its digest is the release. */
export function releaseOf(set: ReleaseSet, place: KubePlace, origin: Origin): ReleaseRecord {
  const { name, namespace } = recordRef('ConfigMap', place);
  const { version, images, repository, ref, sha, run, now } = origin;
  const [image] = images;
  return {
    schema: RELEASE_SCHEMA,
    kind: 'set',
    name: place.app,
    version: version ?? image?.version ?? (sha === '' ? shortDigest(set.digest) : sha.slice(0, SHORT_SHA)),
    digest: set.digest,
    size: set.size,
    mediaType: SET_MEDIA_TYPE,
    repository,
    ref,
    commit: sha === '' ? NO_COMMIT : sha,
    commitTime: image?.commitTime ?? new Date(now).toISOString(),
    run: { id: run.id, attempt: run.attempt, number: run.number, url: run.url },
    locations: [`configmap://${namespace}/${name}`],
  };
}
