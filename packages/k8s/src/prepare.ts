import type { Log } from '@slipway/kernel/log';
import type { ReleaseRecord } from '@slipway/kernel/release';
import type { KubeApi } from './api.ts';
import { placeObjects } from './manifests/place-objects.ts';
import type { Manifest } from './manifests/yaml.ts';
import type { KubeObject } from './object.ts';
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

export interface Preparation {
  readonly mode: 'apply' | 'plan';
  readonly log: Log;
  /** The key, where it was read already. */
  readonly knownKey?: string | undefined;
}

/** Stands for the key where none is and nothing may be written. */
const NO_KEY = 'no key yet';

/** The manifests as objects of this namespace, with the chosen images. */
export async function placeIngredients(
  { manifests, images }: Ingredients,
  namespace: string,
  api: KubeApi,
): Promise<readonly KubeObject[]> {
  return withImages(await placeObjects(manifests, namespace, api), images);
}

/** The objects as they will be applied, and the record that names them. */
export async function prepareRelease(
  objects: readonly KubeObject[],
  { images, origin }: Ingredients,
  api: KubeApi,
  place: KubePlace,
  { mode, log, knownKey }: Preparation,
): Promise<Brought> {
  const key = knownKey ?? (mode === 'apply' ? await ensureKey(api, place) : await readKey(api, place));
  if (key === undefined && objects.some(({ kind }) => kind === 'Secret')) {
    log.info('Nothing was deployed here yet, so the names of Secrets and the digest of the release will be others.');
  }
  const set = createSet(nameJobs(hashConfigs(objects, key ?? NO_KEY)), key ?? NO_KEY);
  const records = images.flatMap(({ release }): readonly ReleaseRecord[] => (release === undefined ? [] : [release]));
  return { set, release: releaseOf(set, place, { ...origin, images: records }) };
}
