import { type Digest, shortDigest } from '@slipway/kernel/digest';
import { forAll } from '@slipway/kernel/parallel';
import { prunable } from '@slipway/rollout/prune';
import { isHashedConfig } from './kinds.ts';
import { keyOf } from './leftovers.ts';
import { type KubeObject, refOf } from './object.ts';
import type { Recorded } from './records.ts';
import { setOf } from './release-set.ts';
import type { ClusterSession } from './session.ts';

const AT_ONCE = 8;

/**
 * Removes sets that nobody goes back to, and configuration that only they name. A set that no ledger entry speaks of is
 * what a dead run left. `parts` are all that are there.
 */
export async function prune(session: ClusterSession, parts: readonly KubeObject[], keep: number): Promise<void> {
  const isKnown = ({ entries }: Recorded): boolean => {
    const names = new Set(entries.map(({ release }) => shortDigest(release.digest)));
    return parts.every((part) => names.has(setOf(part)));
  };
  if (!isKnown(session.recorded)) session.recorded = await session.records.read('whole');
  await pruneSets(parts, session, keep);
}

async function pruneSets(
  present: readonly KubeObject[],
  { api, sets, recorded: { entries, installed } }: ClusterSession,
  keep: number,
): Promise<void> {
  const known = [...new Set(entries.map(({ release }) => release.digest))];
  const inUse = installed === null ? [] : [installed];
  const bad = new Set(prunable(known, entries, keep, inUse));
  const kept = [...known.filter((digest) => !bad.has(digest)), ...inUse];
  const names = new Set(kept.map(shortDigest));
  const parts = present.filter((part) => !names.has(setOf(part)));
  if (parts.length === 0) return;

  const left = new Set(parts.map(setOf));
  const going = known.filter((digest) => left.has(shortDigest(digest)));
  const [keptConfigs, leftConfigs] = await Promise.all([configsOf(kept), configsOf(going)]);
  const used = new Set(keptConfigs.map(keyOf));
  const configs = leftConfigs.filter((config) => !used.has(keyOf(config)));
  await forAll(configs, AT_ONCE, (config) => api.remove(refOf(config)));
  // Last, since they alone know the names of the others; and of each its first part first: without that it is none.
  await forAll([...Map.groupBy(parts, setOf).values()], AT_ONCE, async (ofOne) => {
    for (const part of ofOne) await api.remove(refOf(part));
  });

  async function configsOf(digests: readonly Digest[]): Promise<readonly KubeObject[]> {
    const found = await Promise.all(digests.map((digest) => sets.find(digest)));
    return found.flatMap((set) => set ?? []).filter(isHashedConfig);
  }
}
