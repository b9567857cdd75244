import { isProblems, type Problem, UserError } from '@slipway/kernel/errors';
import { canonicalJson } from '@slipway/kernel/json';
import { parseRelease, type ReleaseRecord } from '@slipway/kernel/release';
import type { Published, ReleaseDraft } from './store.ts';

/** What tells apart the contents of two releases. */
export type Content = Pick<ReleaseRecord, 'digest' | 'contentDigest' | 'commit'>;

/** The record that will stand in the store: one that could not be read back is refused before anything is written. */
export function recordOf(draft: ReleaseDraft, uri: string): ReleaseDraft & ReleaseRecord {
  const record = { ...draft, locations: [uri] };
  const read = parseRelease(record);
  if (isProblems(read)) throw new UserError(read);
  return record;
}

/** Equal trees may be compressed differently on another machine: then their canonical tars are equal. */
export function isSameContent(a: Content, b: Content): boolean {
  return a.digest === b.digest || (a.contentDigest !== undefined && a.contentDigest === b.contentDigest);
}

/** What it means for a publisher that its version is in the store already. */
export function settle(stored: ReleaseRecord, draft: ReleaseDraft): Published {
  if (isSameContent(stored, draft)) return { outcome: 'already-published', record: stored };
  throw conflict(`${draft.name} ${draft.version} is already published with other content.`, stored, draft);
}

export function conflict(what: string, theirs: Content, ours: Content): UserError {
  return new UserError({
    what,
    got: `${ours.digest} of commit ${ours.commit}`,
    allowed: `${theirs.digest} of commit ${theirs.commit}, which was first`,
    fix: 'give this content a version of its own: a published version never changes',
  });
}

/** Throws when a record is not the one that the store wrote, naming each field that differs. */
export function refuseEdited(given: ReleaseRecord, stored: ReleaseRecord): void {
  const fields = new Set([...Object.keys(given), ...Object.keys(stored)]) as Set<keyof ReleaseRecord>;
  // A store can be moved or copied: where it lies is not part of what was published.
  fields.delete('locations');
  const problems: Problem[] = [...fields]
    .map((field) => ({ field, got: shown(given[field]), allowed: shown(stored[field]) }))
    .filter(({ got, allowed }) => got !== allowed)
    .map(({ field, got, allowed }) => ({
      what: `The release record is not the one in the store: its "${field}" differs.`,
      got,
      allowed,
      fix: 'use the "release" output of publish-artifact as it is',
    }));
  if (problems.length > 0) throw new UserError(problems);
}

function shown(value: unknown): string {
  return value === undefined ? 'absent' : canonicalJson(value);
}
