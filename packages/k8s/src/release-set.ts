import { createHmac } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Digest, digestOf, shortDigest } from '@slipway/kernel/digest';
import { userError } from '@slipway/kernel/errors';
import { canonicalJson, isArrayOf, isObject, isString, parseJson } from '@slipway/kernel/json';
import type { KubeApi } from './api.ts';
import { isKubeObject } from './narrow.ts';
import type { KubeObject } from './object.ts';
import { type KubePlace, MANAGED_BY, RECORD_LABEL, recordName } from './place.ts';
import { isRobbed, writeOnce } from './write-once.ts';

/** The media type of a set's canonical JSON, which its digest names. */
export const SET_MEDIA_TYPE = 'application/vnd.slipway.kubernetes.set.v1+json';

/** Everything that one release is: objects ready to be applied, and the bytes that name it. */
export interface ReleaseSet {
  readonly digest: Digest;
  readonly size: number;
  /** As applied; Secrets with their content. */
  readonly objects: readonly KubeObject[];
  /** As recorded: Secrets without their content. */
  readonly recorded: readonly KubeObject[];
}

const PART = 'set.json.gz';
/** What one ConfigMap takes, with room for its metadata: 1 MiB in base64. */
const PART_BYTES = 700 * 1024;
const SET_LABEL = 'slipway.dev/set';
const SECRET_DIGEST = 'slipway.dev/content-hmac';

/** The content of Secrets is in the digest by a keyed hash: a plain one of a short secret could be guessed. */
export function createSet(objects: readonly KubeObject[], key: string): ReleaseSet {
  const recorded = objects.map((object) => (object.kind === 'Secret' ? withoutContent(object, key) : object));
  const text = canonicalJson(recorded);
  return { digest: digestOf(text), size: Buffer.byteLength(text), objects, recorded };
}

/** Keeps the set in the cluster, whatever its size; what is there already is the same, since its name has the digest. */
export async function storeSet(set: ReleaseSet, api: KubeApi, place: KubePlace): Promise<void> {
  const packed = gzipSync(canonicalJson(set.recorded), { level: 9 });
  const parts = Math.max(1, Math.ceil(packed.length / PART_BYTES));
  for (let part = parts - 1; part >= 0; part -= 1) {
    const bytes = packed.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
    await createOnce(api, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: partName(place, set.digest, part),
        namespace: place.namespace,
        labels: { ...MANAGED_BY, [SET_LABEL]: shortDigest(set.digest), [RECORD_LABEL]: recordName(place) },
        annotations: { 'slipway.dev/parts': String(parts) },
      },
      immutable: true,
      binaryData: { [PART]: bytes.toString('base64') },
    });
  }
}

/** The set as recorded: its Secrets have no content, and are in the cluster under their own names. */
export async function loadSet(
  digest: Digest,
  api: KubeApi,
  place: KubePlace,
): Promise<readonly KubeObject[] | undefined> {
  const read = (part: number): Promise<KubeObject | undefined> =>
    api.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: place.namespace, name: partName(place, digest, part) });
  const first = await read(0);
  if (first === undefined) return undefined;
  const count = Number(first.metadata.annotations?.['slipway.dev/parts'] ?? '1');
  const rest = await Promise.all(Array.from({ length: count - 1 }, (_, index) => read(index + 1)));
  const bytes = [first, ...rest].map((part) => {
    const packed = part?.binaryData;
    if (!isObject(packed) || !isString(packed[PART]))
      throw userError(`A part of the release set ${digest} is lost.`, 'deploy another release');
    return Buffer.from(packed[PART], 'base64');
  });
  const text = gunzipSync(Buffer.concat(bytes)).toString('utf8');
  const objects = parseJson(text);
  if (digestOf(text) !== digest || !isArrayOf(objects, isKubeObject)) {
    throw userError(`The recorded release set ${digest} was changed by hand.`, 'deploy another release');
  }
  return objects;
}

/** Sets that are kept, by the first digits of their digests. */
export async function listSets(api: KubeApi, place: KubePlace): Promise<readonly KubeObject[]> {
  const labelSelector = `${SET_LABEL},${RECORD_LABEL}=${recordName(place)}`;
  return (await api.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace: place.namespace, labelSelector })).items;
}

export function setOf(part: KubeObject): string {
  return part.metadata.labels?.[SET_LABEL] ?? '';
}

/** A Secret as it may be written down anywhere. */
export function isRecordedSecret(object: KubeObject): boolean {
  return object.kind === 'Secret' && object.metadata.annotations?.[SECRET_DIGEST] !== undefined;
}

function withoutContent(secret: KubeObject, key: string): KubeObject {
  const { data, stringData, ...rest } = secret;
  const hmac = createHmac('sha256', key).update(canonicalJson({ data, stringData })).digest('hex');
  const { metadata } = secret;
  return { ...rest, metadata: { ...metadata, annotations: { ...metadata.annotations, [SECRET_DIGEST]: hmac } } };
}

function partName(place: KubePlace, digest: Digest, part: number): string {
  return `${recordName(place)}-${shortDigest(digest)}${part === 0 ? '' : `-${part}`}`;
}

async function createOnce(api: KubeApi, object: KubeObject): Promise<void> {
  try {
    await writeOnce(api, object, ({ binaryData }) => binaryData);
  } catch (thrown) {
    if (!isRobbed(thrown)) throw thrown;
  }
}
