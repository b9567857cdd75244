import type { ReleaseRecord } from '@slipway/kernel/release';

/** A location that a host can get a release from by itself. */
export type PullPlace =
  | { readonly kind: 'web'; readonly url: URL }
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string }
  | { readonly kind: 'oci'; readonly registry: string; readonly repository: string };

export const PULL_RULE =
  'https://host/folder, s3://bucket/prefix or oci://registry/repository, without login and query';

/**
 * Reads a location. Below a folder or prefix a release lies as in every store, at `<name>/<version>/<file>`; a location
 * that ends in the file's own name, or in its digest as in a registry, is the file itself.
 */
export function pullPlace(location: string, release: ReleaseRecord): PullPlace | undefined {
  const url = URL.parse(location);
  // Records are kept in ledgers and outputs: what is secret has no place in a location.
  if (url === null || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return undefined;
  const path = url.pathname.replace(/\/+$/, '');
  switch (url.protocol) {
    case 'https:':
    case 'http:':
      return { kind: 'web', url: new URL(withFile(path, release, encodeURIComponent), url.origin) };
    case 's3:': {
      const key = withFile(decoded(path), release, (part) => part).replace(/^\//, '');
      return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(url.host) ? { kind: 's3', bucket: url.host, key } : undefined;
    }
    case 'oci:': {
      const repository = path.slice(1);
      const isRepository = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/.test(repository);
      return url.host !== '' && isRepository ? { kind: 'oci', registry: url.host, repository } : undefined;
    }
    default:
      return undefined;
  }
}

/** Of this machine alone: there nothing travels that others could read. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

function withFile(path: string, release: ReleaseRecord, encode: (part: string) => string): string {
  const { name, version, digest, fileName = name } = release;
  const last = decoded(path.slice(path.lastIndexOf('/') + 1));
  if (last === fileName || last === digest) return path;
  return [path, ...[name, version, fileName].map(encode)].join('/');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
