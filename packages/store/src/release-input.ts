import { resolve } from 'node:path';
import { readTextIfThere } from '@slipway/effects/files';
import { isProblems, UserError } from '@slipway/kernel/errors';
import { parseJson } from '@slipway/kernel/json';
import { parseRelease, type ReleaseRecord } from '@slipway/kernel/release';
import { refuseEdited } from './identity.ts';
import { openStore, parseStoreUri } from './open.ts';
import type { StorePorts } from './store.ts';

/** What a `release` input may be, for people. */
export const RELEASE_INPUT_RULE = 'the JSON of a release record, the path of one, or <store URI>#<name>/<version>';

/**
 * The release that an input names: its record as JSON, the path of one, or its place in a store. It has to be the
 * record that its store has; a field that was edited is named. With `pull` a release may lie where only hosts can get
 * it: then there is nothing to compare it with, and its digest alone decides which bytes run.
 */
export async function readReleaseInput(
  text: string,
  workspace: string,
  ports: StorePorts,
  transfer: 'push' | 'pull' = 'push',
): Promise<ReleaseRecord> {
  const inStore = /^([a-z0-9+-]+:.+)#([^/#]+)\/([^/#]+)$/i.exec(text);
  if (inStore !== null) return await named(inStore[1] ?? '', inStore[2] ?? '', inStore[3] ?? '', ports);
  const record = parsed(await textOf(text, workspace), text);
  if (record.kind === 'image') requireDigest(record);
  else await confirm(record, ports, transfer);
  return record;
}

async function named(uri: string, name: string, version: string, ports: StorePorts): Promise<ReleaseRecord> {
  const record = await openStore(uri, ports).stat(name, version);
  if (record !== undefined) return record;
  throw new UserError({ what: `The store has no release ${name} ${version}.`, got: uri, fix: 'publish it first' });
}

async function textOf(text: string, workspace: string): Promise<string> {
  if (text.trimStart().startsWith('{')) return text;
  const content = await readTextIfThere(resolve(workspace, text));
  if (content !== undefined) return content;
  throw new UserError({
    what: 'The release is neither JSON nor a file that is there.',
    got: text,
    allowed: RELEASE_INPUT_RULE,
    fix: 'release: ${{ steps.publish.outputs.release }}',
  });
}

function parsed(content: string, given: string): ReleaseRecord {
  const value = parseJson(content);
  if (value === undefined) {
    throw new UserError({
      what: 'The release record is no JSON.',
      got: given.slice(0, 80),
      allowed: RELEASE_INPUT_RULE,
    });
  }
  const record = parseRelease(value);
  if (isProblems(record)) throw new UserError(record);
  return record;
}

/** No store holds the record of an image: the digest in its address is what a registry is held to. */
function requireDigest({ name, version, digest, locations }: ReleaseRecord): void {
  if (locations.every((uri) => uri.startsWith('oci://') && uri.endsWith(`@${digest}`))) return;
  throw new UserError({
    what: `The release ${name} ${version} is an image, and an address of it does not name its digest.`,
    got: locations.join(', '),
    allowed: `oci://REGISTRY/PATH@${digest}`,
    fix: 'use the "release" output of build-push-image as it is',
  });
}

async function confirm(record: ReleaseRecord, ports: StorePorts, transfer: 'push' | 'pull'): Promise<void> {
  const { name, version } = record;
  const stores = record.locations.filter((uri) => parseStoreUri(uri) !== undefined);
  if (stores.length === 0 && transfer === 'pull') {
    ports.log.info(`The record of ${name} ${version} is taken as it is: no store of it can be read from the runner.`);
    return;
  }
  for (const uri of stores.length > 0 ? stores : record.locations) {
    const store = openStore(uri, ports);
    const stored =
      (await store.stat(name, version)) ?? (await store.list(name)).find(({ digest }) => digest === record.digest);
    if (stored !== undefined) return refuseEdited(record, stored);
  }
  throw new UserError({
    what: `The release ${name} ${version} is in none of its stores.`,
    got: record.locations.join(', '),
    fix: 'publish it again, or use the "release" output of publish-artifact as it is',
  });
}
