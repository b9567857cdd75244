import type { ReleaseRecord } from '@slipway/kernel/release';

/**
 * A slow run must not put its older release over a newer one: of the same repository and ref, the run with the lower
 * number is older, and of one run's releases the one with the earlier commit. Releases of different lines have no order.
 */
export function isOlder(release: ReleaseRecord, than: ReleaseRecord): boolean {
  if (release.digest === than.digest) return false;
  if (release.repository !== than.repository || release.ref !== than.ref) return false;
  if (release.run.number !== than.run.number) return release.run.number < than.run.number;
  return Date.parse(release.commitTime) < Date.parse(than.commitTime);
}
