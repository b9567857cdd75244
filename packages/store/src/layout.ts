import { join } from 'node:path';
import { readTextIfThere } from '@slipway/effects/files';
import { isProblems, UserError, userError } from '@slipway/kernel/errors';
import { parseJson } from '@slipway/kernel/json';
import { isName, isVersion } from '@slipway/kernel/names';
import { parseRelease, type ReleaseRecord } from '@slipway/kernel/release';

export const RECORD = 'release.json';

/** Where the parts of a version lie in a directory store. */
export interface Place {
  /** All versions of the name. */
  readonly versions: string;
  /** The bytes and the record; it appears in one rename. */
  readonly release: string;
  /** What is being published; gone once it is. */
  readonly working: string;
  readonly claim: string;
}

export function placeOf(folder: string, name: string, version: string): Place {
  if (!isName(name) || !isVersion(version)) throw userError(`"${name}" "${version}" cannot name a release.`);
  const versions = join(folder, name);
  // No version starts with a point, so this is none.
  const working = join(versions, '.publishing', version);
  return { versions, release: join(versions, version), working, claim: join(working, 'claim.json') };
}

/** The record of a version, or undefined when it is not published. */
export async function readRecord({ release }: Place): Promise<ReleaseRecord | undefined> {
  const path = join(release, RECORD);
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  const record = parseRelease(parseJson(text));
  if (isProblems(record)) throw new UserError([{ what: `The store's own record ${path} is broken.` }, ...record]);
  return record;
}
