import { type Digest, shortDigest } from '@slipway/kernel/digest';
import type { Problem } from '@slipway/kernel/errors';
import type { ReleaseRecord } from '@slipway/kernel/release';
import { inService, type Topology } from '@slipway/strategy/topology';
import type { LedgerEntry } from './entry.ts';
import { healthy, live, succeeded } from './ledger.ts';

/**
 * The release that a rollback takes. `to`: empty for the newest that finished healthy, is not live and was never
 * rolled back from; `previous` for what was live before; else a version or a digest of the ledger.
 */
export function chooseRollback(
  entries: readonly LedgerEntry[],
  liveDigest: Digest | null,
  to: string,
): ReleaseRecord | readonly Problem[] {
  const known = healthy(entries);
  const bad = new Set(entries.filter(succeeded).map((entry) => entry.bad));
  const found = (): ReleaseRecord | undefined => {
    if (to === '') return known.find(({ digest }) => digest !== liveDigest && !bad.has(digest));
    if (to === 'previous') {
      const before = entries.findLast(succeeded)?.previous?.digest;
      return known.find(({ digest }) => digest === before);
    }
    return known.find(({ version, digest }) => to === version || to === digest);
  };
  return found() ?? [nothingToGoBackTo(to, known, liveDigest, bad)];
}

/**
 * The release that a rollback leaves: one that runs but never finished healthy (a run that died half way), else what
 * the ledger calls live.
 */
export function leaving(entries: readonly LedgerEntry[], topology: Topology): Digest | null {
  const known = new Set(healthy(entries).map(({ digest }) => digest));
  const running = topology.members
    .toSorted((a, b) => Number(inService(b)) - Number(inService(a)))
    .flatMap((member) => Object.values(member.slots).filter((slot) => slot.healthy))
    .flatMap(({ release, becoming }) => [becoming, release].flatMap((each) => each?.digest ?? []));
  return running.find((digest) => !known.has(digest)) ?? live(entries)?.digest ?? null;
}

function nothingToGoBackTo(
  to: string,
  known: readonly ReleaseRecord[],
  liveDigest: Digest | null,
  bad: ReadonlySet<Digest | null>,
): Problem {
  if (known.length === 0) {
    return {
      what: 'There is nothing to go back to: no release has finished healthy here yet.',
      fix: 'deploy a release first',
    };
  }
  const list = known.map((release) => {
    const marks = [release.digest === liveDigest ? 'live' : '', bad.has(release.digest) ? 'rolled back from' : ''];
    const said = marks.filter((mark) => mark !== '').join(', ');
    return `${release.version} (${shortDigest(release.digest)}${said === '' ? '' : `, ${said}`})`;
  });
  const allowed = `healthy releases in the ledger: ${list.join(', ')}`;
  const fix = 'to: <one of these versions or digests>';
  if (to === '') {
    return {
      what: 'There is nothing to go back to: every other healthy release was rolled back from, or there is none.',
      allowed,
      fix,
    };
  }
  if (to === 'previous') return { what: 'What was live before never finished healthy here.', allowed, fix };
  return { what: 'No healthy release of this name is in the ledger.', got: to, allowed, fix };
}
