import { createHmac } from 'node:crypto';
import { digestOf, hexOf } from '@slipway/kernel/digest';
import { canonicalJson, isObject } from '@slipway/kernel/json';
import type { KubeObject } from '../object.ts';
import { type ConfigKind, configsNamedBy, configsReadBy, withConfigNames } from './config-refs.ts';

/** Which object of the manifests a ConfigMap or Secret with a digest in its name was. */
export const SOURCE_NAME = 'slipway.dev/name';

const DIGITS = 8;
/** The longest name of an object. */
const LONGEST = 253;
/** Its content comes from the cluster itself. */
const FILLED_BY_CLUSTER = 'kubernetes.io/service-account-token';

/**
 * Gives each ConfigMap and Secret that pods of the set read a name with the digest of its content, and makes it
 * immutable: a release keeps the configuration that was healthy with it, and another content is another rollout. What is
 * named by others too is there under its own name as well. Names that are not in the set stay as they are.
 *
 * `key` is for the digests of Secrets: a plain one of a short secret could be guessed.
 */
export function hashConfigs(objects: readonly KubeObject[], key: string): readonly KubeObject[] {
  const read = new Set(objects.flatMap((object) => configsReadBy(object).map((ref) => slot(object, ref))));
  const named = new Set(objects.flatMap((object) => configsNamedBy(object).map((ref) => slot(object, ref))));
  const names = new Map<string, string>();
  for (const object of objects.filter(isHashable)) {
    const place = slot(object, { kind: object.kind, name: object.metadata.name });
    if (read.has(place)) names.set(place, nameWithDigest(object, key));
  }
  return objects.flatMap((object) => {
    const own = slot(object, { kind: object.kind, name: object.metadata.name });
    const name = isHashable(object) ? names.get(own) : undefined;
    if (name === undefined) {
      const rename = (kind: ConfigKind, before: string): string =>
        names.get(slot(object, { kind, name: before })) ?? before;
      return [withConfigNames(object, rename)];
    }
    const hashed = sealed(object, name);
    return named.has(own) ? [object, hashed] : [hashed];
  });
}

type ConfigObject = KubeObject & { readonly kind: ConfigKind };

function isHashable(object: KubeObject): object is ConfigObject {
  if (object.apiVersion !== 'v1' || (object.kind !== 'ConfigMap' && object.kind !== 'Secret')) return false;
  // What is empty here is filled by somebody else later.
  const isFull = [object.data, object.binaryData].some((part) => isObject(part) && Object.keys(part).length > 0);
  return isFull && object.type !== FILLED_BY_CLUSTER;
}

function sealed(object: KubeObject, name: string): KubeObject {
  const { metadata } = object;
  const annotations = { ...metadata.annotations, [SOURCE_NAME]: metadata.name };
  return { ...object, metadata: { ...metadata, name, annotations }, immutable: true };
}

function nameWithDigest({ kind, data, binaryData, type, metadata }: ConfigObject, key: string): string {
  const text = canonicalJson({ data, binaryData, type });
  const hex = kind === 'Secret' ? createHmac('sha256', key).update(text).digest('hex') : hexOf(digestOf(text));
  return `${metadata.name.slice(0, LONGEST - DIGITS - 1)}-${hex.slice(0, DIGITS)}`;
}

function slot(near: KubeObject, { kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind} ${near.metadata.namespace ?? ''} ${name}`;
}
