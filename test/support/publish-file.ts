import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { systemClock } from '@slipway/effects/clock';
import { digestOf } from '@slipway/kernel/digest';
import { FILE_MEDIA_TYPE, RELEASE_SCHEMA, type ReleaseRecord } from '@slipway/kernel/release';
import { openStore } from '@slipway/store/open';
import { keptLog } from './kept-log.ts';

/** Publishes one file as a release, as publish-artifact does, but for the commit. */
export async function publishFile(
  storeFolder: string,
  version: string,
  path: string,
  fileName: string,
): Promise<ReleaseRecord> {
  const bytes = readFileSync(path);
  await mkdir(storeFolder, { recursive: true });
  const store = openStore(`file://${storeFolder}`, { clock: systemClock, log: keptLog() });
  const run = { id: '1', attempt: 1, number: 1, url: 'https://github.com/acme/shop/actions/runs/1' };
  const { record } = await store.put(
    {
      schema: RELEASE_SCHEMA,
      kind: 'file',
      name: 'shop',
      version,
      digest: digestOf(bytes),
      size: bytes.length,
      mediaType: FILE_MEDIA_TYPE,
      fileName,
      fileMode: '0644',
      repository: 'acme/shop',
      ref: `refs/tags/${version}`,
      commit: 'c'.repeat(40),
      commitTime: '2026-01-01T00:00:00Z',
      run,
    },
    path,
  );
  return record;
}
