import { digestOf } from '@slipway/kernel/digest';
import { RELEASE_SCHEMA, type ReleaseId, type ReleaseRecord } from '@slipway/kernel/release';

/** A release by its version alone: the same version has the same digest in all tests. */
export function aRelease(version: string): ReleaseId {
  return { version, digest: digestOf(version) };
}

/** A whole record; `v7` comes from run 7 unless told otherwise. */
export function aRecord(version: string, overrides: Partial<ReleaseRecord> = {}): ReleaseRecord {
  const number = Number(/\d+/.exec(version)?.[0] ?? 1);
  return {
    schema: RELEASE_SCHEMA,
    kind: 'file',
    name: 'shop',
    ...aRelease(version),
    size: 1,
    mediaType: 'application/octet-stream',
    fileName: 'shop',
    repository: 'acme/shop',
    ref: 'refs/heads/main',
    commit: 'c'.repeat(40),
    commitTime: '2026-01-01T00:00:00Z',
    run: { id: String(1000 + number), attempt: 1, number, url: `https://ci.example/runs/${1000 + number}` },
    locations: [`file:///store/shop/${version}`],
    ...overrides,
  };
}
