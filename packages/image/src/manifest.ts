import { type Digest, digestOf, isDigest } from '@slipway/kernel/digest';
import { isArrayOf, isInteger, isObject, isString, type JsonObject, parseJson } from '@slipway/kernel/json';

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

/** All that we ask for: a registry converts what is not in the list, and a converted manifest has another digest. */
export const MANIFEST_TYPES: readonly string[] = [OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST];

/** A manifest or an index, as the registry keeps it: the digest is that of these very bytes. */
export interface Manifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** What a manifest refers to: the config and layers of an image, or the images of an index. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
}

export function manifestOf(bytes: Buffer, mediaType: string): Manifest {
  return { digest: digestOf(bytes), mediaType, bytes };
}

export function isIndex({ mediaType }: Manifest): boolean {
  return mediaType === OCI_INDEX || mediaType === DOCKER_LIST;
}

/** Config and layers of an image, or the images of an index; empty when the bytes are no manifest. */
export function partsOf({ bytes }: Manifest): readonly Descriptor[] {
  const content = parseJson(bytes.toString('utf8'));
  if (!isObject(content)) return [];
  return [content.config, ...listOf(content.layers), ...listOf(content.manifests)].filter(isDescriptor);
}

function listOf(value: unknown): readonly JsonObject[] {
  return isArrayOf(value, isObject) ? value : [];
}

function isDescriptor(value: unknown): value is Descriptor {
  return isObject(value) && isString(value.mediaType) && isDigest(value.digest) && isInteger(value.size);
}
