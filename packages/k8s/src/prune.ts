import { type Digest, shortDigest } from '@slipway/kernel/digest';
import { prunable } from '@slipway/rollout/prune';
import { isHashedConfig } from './kinds.ts';
import { keyOf } from './leftovers.ts';
import { type KubeObject, refOf } from './object.ts';
import type { Recorded } from './records.ts';
import { listSets, setOf } from './release-set.ts';
import type { ClusterSession } from './session.ts';

/**
 * Removes sets that nobody goes back to, and configuration that only they name. A set that no ledger entry speaks of is
 * what a dead run left.
 */
export async function prune(session: ClusterSession, keep: number): Promise<void> {
  const parts = await listSets(session.api, session.place);
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

  const used = new Set((await Promise.all(kept.map((digest) => configsOf(digest)))).flat().map(keyOf));
  const left = new Set(parts.map(setOf));
  for (const digest of known.filter((each) => left.has(shortDigest(each)))) {
    const configs = (await configsOf(digest)).filter((config) => !used.has(keyOf(config)));
    for (const config of configs) await api.remove(refOf(config));
  }
  for (const part of parts) await api.remove(refOf(part));

  async function configsOf(digest: Digest): Promise<readonly KubeObject[]> {
    return ((await sets.find(digest)) ?? []).filter(isHashedConfig);
  }
}
