import { join } from 'node:path';
import { throwIfAborted } from '@slipway/effects/clock';
import { hexOf } from '@slipway/kernel/digest';
import { userError } from '@slipway/kernel/errors';
import type { ReleaseRecord } from '@slipway/kernel/release';
import { openStore } from './open.ts';
import type { StorePorts } from './store.ts';

/** A file below `folder` with the bytes of the release, from the first of its stores that has them, digest checked. */
export async function fetchRelease(record: ReleaseRecord, folder: string, ports: StorePorts): Promise<string> {
  const destination = join(folder, hexOf(record.digest));
  const failures: unknown[] = [];
  for (const uri of record.locations) {
    try {
      await openStore(uri, ports).get(record, destination);
      return destination;
    } catch (cause) {
      throwIfAborted(ports.signal);
      failures.push(cause);
    }
  }
  // With one store its own words say most.
  if (failures.length === 1) throw failures[0];
  throw userError(
    `No store has ${record.name} ${record.version}: ${record.locations.join(', ')}.`,
    'publish it again',
    new AggregateError(failures),
  );
}
