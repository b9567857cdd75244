import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { moveIfFree } from '@slipway/effects/exclusive';
import { flushFolder, makeFolder, removeTree, writeWhole } from '@slipway/effects/files';
import { UserError, userError } from '@slipway/kernel/errors';
import { formatRelease, type ReleaseRecord } from '@slipway/kernel/release';
import { dropClaim, takeClaim, whileAlive } from './claim.ts';
import { copyMeasured } from './copy.ts';
import { settle } from './identity.ts';
import { type Place, RECORD, readRecord } from './layout.ts';
import type { Published, ReleaseDraft, StorePorts } from './store.ts';

/** The bits of folders are left to the umask, so that a group can share a store. */
const FOLDER_MODE = 0o777;

export interface Wanted {
  readonly record: ReleaseDraft & ReleaseRecord;
  readonly source: string;
}

/** Publishes into a directory store: claim, stage, then one rename that only the first can do. */
export async function publish(place: Place, { record, source }: Wanted, ports: StorePorts): Promise<Published> {
  const staging = join(place.working, randomBytes(6).toString('hex'));
  try {
    return (await settled(place, record)) ?? (await race());
  } catch (thrown) {
    if (thrown instanceof UserError) throw thrown;
    // Whoever was faster has taken our working folder away.
    const faster = await settled(place, record);
    if (faster !== undefined) return faster;
    throw thrown;
  } finally {
    await removeTree(staging);
    await dropClaim(place.claim, record);
  }

  async function race(): Promise<Published> {
    await makeFolder(place.working, FOLDER_MODE);
    await takeClaim(place.claim, record, ports);
    return await whileAlive(place.claim, ports.clock, async () => {
      const faster = await settled(place, record);
      if (faster !== undefined) return faster;
      await stage({ record, source }, staging, ports.signal);
      const isFirst = await moveIfFree(staging, place.release);
      if (!isFirst) return (await settled(place, record)) ?? inTheWay(place.release);
      await flushFolder(dirname(place.versions));
      await tidy(place);
      return { outcome: 'published', record };
    });
  }
}

async function stage({ record, source }: Wanted, staging: string, signal: AbortSignal | undefined): Promise<void> {
  await makeFolder(staging, FOLDER_MODE);
  const { digest, size } = await copyMeasured(source, join(staging, record.fileName), signal);
  if (digest !== record.digest || size !== record.size) {
    throw new UserError({
      what: `"${source}" changed while being published.`,
      got: `${digest}, ${size} bytes`,
      allowed: `${record.digest}, ${record.size} bytes`,
      fix: 'let everything that writes there end before it is published',
    });
  }
  await writeWhole(join(staging, RECORD), `${formatRelease(record)}\n`);
}

/** What is in the store already: success, or the error that names both. */
async function settled(place: Place, draft: ReleaseDraft): Promise<Published | undefined> {
  const stored = await readRecord(place);
  if (stored === undefined) return undefined;
  await tidy(place);
  return settle(stored, draft);
}

/** Once a version is published, nothing that lies in its working folder can become it any more. */
async function tidy({ working }: Place): Promise<void> {
  // Another publisher may still write there: whoever comes last takes the rest away.
  await removeTree(working).catch(() => {});
}

function inTheWay(release: string): never {
  throw userError(`${release} holds something that is no release.`, 'look at it, then move it away');
}
