import type { Digest } from '@slipway/kernel/digest';
import type { LedgerEntry } from './entry.ts';
import { healthy, live } from './ledger.ts';

/**
 * The releases on a host that may be removed: those of the ledger, without the `keep` newest healthy ones, what is
 * live, the healthy one before it, and whatever a process or slot still uses. What the ledger does not know is not ours.
 */
export function prunable(
  present: readonly Digest[],
  entries: readonly LedgerEntry[],
  keep: number,
  inUse: readonly Digest[],
): readonly Digest[] {
  const good = healthy(entries).map((release) => release.digest);
  const current = live(entries)?.digest;
  const before = good.find((digest) => digest !== current);
  const kept = new Set([...good.slice(0, keep), current, before, ...inUse]);
  const ours = new Set(entries.map((entry) => entry.release.digest));
  return present.filter((digest) => ours.has(digest) && !kept.has(digest));
}
