import type { TreeEntry } from '@slipway/effects/tree';

/** As many as Linux follows before it gives up. */
const MAX_HOPS = 40;

export type LinkVerdict = 'inside' | 'absolute' | 'outside' | 'loop';

/**
 * Where a link of a listed tree ends when it is followed as a kernel would. Reading the text alone is not enough: after
 * `up -> ../..` of a deep folder, `deep/up/..` is somewhere else than it looks.
 */
export function judgeLink(link: TreeEntry, tree: ReadonlyMap<string, TreeEntry>): LinkVerdict {
  const at = link.path.split('/').slice(0, -1);
  const pending = partsReversed(link.target);
  if (link.target.startsWith('/')) return 'absolute';
  for (let hops = 0; ; ) {
    const part = pending.pop();
    if (part === undefined) return 'inside';
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (at.pop() === undefined) return 'outside';
      continue;
    }
    at.push(part);
    const met = tree.get(at.join('/'));
    if (met?.kind !== 'link') continue;
    hops += 1;
    if (hops > MAX_HOPS) return 'loop';
    if (met.target.startsWith('/')) return 'absolute';
    at.pop();
    pending.push(...partsReversed(met.target));
  }
}

function partsReversed(target: string): string[] {
  return target.split('/').toReversed();
}
