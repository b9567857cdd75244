import { dirname, join } from 'node:path';
import { throwIfAborted } from '@slipway/effects/clock';
import { explainDisk } from '@slipway/effects/disk-errors';
import {
  listFolder,
  makeFolder,
  removeTree,
  renameFlushed,
  statIfThere,
  temporaryBeside,
} from '@slipway/effects/files';
import { UserError, userError } from '@slipway/kernel/errors';
import { isVersion } from '@slipway/kernel/names';
import type { ReleaseRecord } from '@slipway/kernel/release';
import { copyMeasured } from './copy.ts';
import { recordOf, refuseEdited } from './identity.ts';
import { placeOf, RECORD, readRecord } from './layout.ts';
import { publish } from './publish.ts';
import type { Store, StorePorts } from './store.ts';

/** A store in a folder, on a disk or a network file system: `<name>/<version>/` holds the bytes and `release.json`. */
export function directoryStore(address: { readonly folder: string; readonly uri: string }, ports: StorePorts): Store {
  const { folder, uri } = address;
  const { signal } = ports;

  function guarded<T>(work: Promise<T>, what: string, path = folder): Promise<T> {
    return work.catch((cause: unknown) => {
      throwIfAborted(signal);
      throw explainDisk(cause, what, path);
    });
  }

  async function find(name: string, version: string): Promise<ReleaseRecord | undefined> {
    return await guarded(readRecord(placeOf(folder, name, version)), `The store ${uri} cannot be read.`);
  }

  async function findAll(name: string): Promise<ReleaseRecord[]> {
    const { versions } = placeOf(folder, name, '0');
    if ((await statIfThere(versions)) === undefined) return [];
    const published = (await listFolder(versions)).filter(isVersion);
    const records = await Promise.all(published.map((version) => find(name, version)));
    return records
      .filter((record) => record !== undefined)
      .toSorted((a, b) => Date.parse(a.commitTime) - Date.parse(b.commitTime));
  }

  async function findFor(record: ReleaseRecord): Promise<ReleaseRecord> {
    const byVersion = await find(record.name, record.version);
    // When the version was edited, the digest still tells which release was meant.
    const stored = byVersion ?? (await findAll(record.name)).find(({ digest }) => digest === record.digest);
    if (stored !== undefined) return stored;
    throw userError(`The store ${uri} has no ${record.name} ${record.version}.`, 'publish it, or name another store');
  }

  return {
    uri,
    stat: find,
    list: (name) => guarded(findAll(name), `The store ${uri} cannot be read.`),

    async put(draft, source) {
      const place = placeOf(folder, draft.name, draft.version);
      if (draft.fileName === RECORD) {
        throw userError(`A file called ${RECORD} cannot be published: the store keeps its record there.`, 'rename it');
      }
      const record = recordOf(draft, uri);
      return await guarded(publish(place, { record, source }, ports), `The store ${uri} cannot be written.`);
    },

    async get(record, destination) {
      const stored = await findFor(record);
      refuseEdited(record, stored);
      const { release } = placeOf(folder, stored.name, stored.version);
      const what = `${stored.name} ${stored.version} cannot be fetched from ${uri}.`;
      await guarded(receive(stored, release, destination, signal), what, destination);
    },
  };
}

async function receive(
  stored: ReleaseRecord,
  release: string,
  destination: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const from = join(release, stored.fileName ?? '');
  if ((await statIfThere(from))?.isFile() !== true) throw userError(`The store has lost ${from}.`, HOW_TO_REPAIR);
  const temporary = temporaryBeside(destination);
  try {
    await makeFolder(dirname(destination));
    const { digest, size } = await copyMeasured(from, temporary, signal);
    if (digest !== stored.digest || size !== stored.size) {
      throw new UserError({
        what: `Digest mismatch: the bytes of ${from} are not those of its record.`,
        got: `${digest}, ${size} bytes`,
        allowed: `${stored.digest}, ${stored.size} bytes`,
        fix: HOW_TO_REPAIR,
      });
    }
    await renameFlushed(temporary, destination);
  } finally {
    await removeTree(temporary);
  }
}

const HOW_TO_REPAIR = 'restore it from a backup, or publish the same commit under a new version';
