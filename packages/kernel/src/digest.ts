import { createHash } from 'node:crypto';

/** `sha256:` and 64 lower-case hexadecimal digits, the form of the OCI image specification. */
export type Digest = `sha256:${string}`;

export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}

/** The digest of some bytes that are in memory; streams are hashed where they are read. */
export function digestOf(bytes: string | Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export function digestFromHex(hex: string): Digest {
  return `sha256:${hex}`;
}

/** The bare 64 digits. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

/** The first 12 digits: enough to tell releases apart in a folder name or a log line. */
export function shortDigest(digest: Digest): string {
  return hexOf(digest).slice(0, 12);
}
