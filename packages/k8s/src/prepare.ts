import type { ReleaseRecord } from '@slipway/kernel/release';
import type { KubeApi } from './api.ts';
import { placeObjects } from './manifests/place-objects.ts';
import type { Manifest } from './manifests/yaml.ts';
import type { KubePlace } from './place.ts';
import { type Origin, releaseOf } from './release-of.ts';
import { createSet } from './release-set.ts';
import { hashConfigs } from './render/hash-configs.ts';
import type { ImageChoice } from './render/image-lines.ts';
import { withImages } from './render/images.ts';
import { nameJobs } from './render/job-names.ts';
import { ensureKey, readKey } from './set-key.ts';
import type { Brought } from './set-store.ts';

/** What a release is made of, before there is a cluster to ask. */
export interface Ingredients {
  readonly manifests: readonly Manifest[];
  readonly images: readonly ImageChoice[];
  readonly origin: Omit<Origin, 'images'>;
}

/** Stands for the key where none is and nothing may be written. */
const NO_KEY = 'no key yet';

export interface Prepared extends Brought {
  readonly notes: readonly string[];
}

/** The objects as they will be applied, and the record that names them. */
export async function prepareRelease(
  { manifests, images, origin }: Ingredients,
  api: KubeApi,
  place: KubePlace,
  mode: 'apply' | 'plan',
): Promise<Prepared> {
  const objects = withImages(await placeObjects(manifests, place.namespace, api), images);
  const key = mode === 'apply' ? await ensureKey(api, place) : await readKey(api, place);
  const set = createSet(nameJobs(hashConfigs(objects, key ?? NO_KEY)), key ?? NO_KEY);
  const records = images.flatMap(({ release }): readonly ReleaseRecord[] => (release === undefined ? [] : [release]));
  const keyless = 'Nothing was deployed here yet, so the digest of the release and of its Secrets will be others.';
  return {
    set,
    release: releaseOf(set, place, { ...origin, images: records }),
    notes: key === undefined && objects.some(({ kind }) => kind === 'Secret') ? [keyless] : [],
  };
}
