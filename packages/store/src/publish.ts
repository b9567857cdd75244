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

/** Publishes into a directory store: claim, stage, then one rename that only the first can do. */
export async function publish(
  place: Place,
  release: { readonly draft: ReleaseDraft; readonly source: string; readonly uri: string },
  ports: StorePorts,
): Promise<Published> {
  const { draft } = release;
  const staging = join(place.working, randomBytes(6).toString('hex'));
  try {
    return (await settled(place, draft)) ?? (await race());
  } catch (thrown) {
    if (thrown instanceof UserError) throw thrown;
    // Whoever was faster has taken our working folder away.
    const faster = await settled(place, draft);
    if (faster !== undefined) return faster;
    throw thrown;
  } finally {
    await removeTree(staging);
    await dropClaim(place.claim, draft);
  }

  async function race(): Promise<Published> {
    await makeFolder(place.working, FOLDER_MODE);
    await takeClaim(place.claim, draft, ports);
    return await whileAlive(place.claim, ports.clock, async () => {
      const faster = await settled(place, draft);
      if (faster !== undefined) return faster;
      const record = await stage(release, staging, ports.signal);
      const isFirst = await moveIfFree(staging, place.release);
      if (!isFirst) return (await settled(place, draft)) ?? inTheWay(place.release);
      await flushFolder(dirname(place.versions));
      await tidy(place);
      return { outcome: 'published', record };
    });
  }
}

async function stage(
  { draft, source, uri }: { readonly draft: ReleaseDraft; readonly source: string; readonly uri: string },
  staging: string,
  signal: AbortSignal | undefined,
): Promise<ReleaseRecord> {
  await makeFolder(staging, FOLDER_MODE);
  const { digest, size } = await copyMeasured(source, join(staging, draft.fileName), signal);
  if (digest !== draft.digest || size !== draft.size) {
    throw new UserError({
      what: `"${source}" changed while being published.`,
      got: `${digest}, ${size} bytes`,
      allowed: `${draft.digest}, ${draft.size} bytes`,
      fix: 'let everything that writes there end before it is published',
    });
  }
  const record: ReleaseRecord = { ...draft, locations: [uri] };
  await writeWhole(join(staging, RECORD), `${formatRelease(record)}\n`);
  return record;
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
