import { shortDigest } from '@slipway/kernel/digest';
import type { Problem } from '@slipway/kernel/errors';
import { type ReleaseId, sameRelease } from '@slipway/kernel/release';
import { inService, type Topology } from '@slipway/strategy/topology';
import type { LedgerEntry } from './entry.ts';
import { healthyDeployments, idOf, liveId, succeeded } from './ledger.ts';

/**
 * The deployment that a rollback takes up again: its release and its configuration. `to`: empty for the newest that finished healthy, is not live and was never
 * rolled back from; `previous` for what was live before; else a version or a digest of the ledger.
 */
export function chooseRollback(
  entries: readonly LedgerEntry[],
  left: ReleaseId | null,
  to: string,
): LedgerEntry | readonly Problem[] {
  const known = healthyDeployments(entries);
  const isBad = badIn(entries);
  const found = (): LedgerEntry | undefined => {
    if (to === '') return known.find((entry) => !sameRelease(idOf(entry), left) && !isBad(idOf(entry)));
    if (to === 'previous') {
      const before = entries.findLast(succeeded)?.previous;
      return known.find((entry) => sameRelease(idOf(entry), before));
    }
    return known.find(({ release: { version, digest } }) => to === version || to === digest);
  };
  return found() ?? [nothingToGoBackTo(to, known, left, isBad)];
}

type Judge = (release: ReleaseId) => boolean;

/** Whether a release was rolled back from: it is never taken again by itself. */
function badIn(entries: readonly LedgerEntry[]): Judge {
  const bad = new Set(entries.filter(succeeded).map((entry) => `${entry.bad} ${entry.badConfig ?? ''}`));
  return ({ digest, config }) => bad.has(`${digest} ${config ?? ''}`);
}

/**
 * The release that a rollback leaves: one that runs but never finished healthy (a run that died half way), else what
 * the ledger calls live.
 */
export function leaving(entries: readonly LedgerEntry[], topology: Topology): ReleaseId | null {
  const known = healthyDeployments(entries).map(idOf);
  const running = topology.members
    .toSorted((a, b) => Number(inService(b)) - Number(inService(a)))
    .flatMap((member) => Object.values(member.slots).filter((slot) => slot.healthy))
    .flatMap(({ release, becoming }) => [becoming, release].flatMap((each) => each ?? []));
  return running.find((release) => !known.some((each) => sameRelease(each, release))) ?? liveId(entries);
}

function nothingToGoBackTo(to: string, known: readonly LedgerEntry[], left: ReleaseId | null, isBad: Judge): Problem {
  if (known.length === 0) {
    return {
      what: 'There is nothing to go back to: no release has finished healthy here yet.',
      fix: 'deploy a release first',
    };
  }
  const list = known.map(idOf).map((release) => {
    const marks = [sameRelease(release, left) ? 'live' : '', isBad(release) ? 'rolled back from' : ''];
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
