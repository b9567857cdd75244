import type { TreeEntry } from '@slipway/effects/tree';
import { type Problem, UserError } from '@slipway/kernel/errors';
import { judgeLink } from './links.ts';

/** Throws for a tree with nothing in it, and names every entry that cannot be carried to another machine. */
export function refuseUnpackable(folder: string, entries: readonly TreeEntry[]): void {
  if (entries.every((entry) => entry.kind === 'folder')) {
    throw new UserError({
      what: `The folder "${folder}" is empty: there are no files to publish.`,
      fix: 'check that the build wrote its files there, and the input "path"',
    });
  }
  const tree = new Map(entries.map((entry) => [entry.path, entry]));
  const problems = entries.flatMap((entry) => problemOf(entry, tree));
  if (problems.length > 0) throw new UserError(problems);
}

/** Throws when a tree is not the one it was: its archive would be a mixture that never existed. */
export function refuseChanges(folder: string, before: readonly TreeEntry[], after: readonly TreeEntry[]): void {
  const was = new Map(before.map((entry) => [entry.path, identityOf(entry)]));
  for (const entry of after) {
    const known = was.get(entry.path);
    if (known === undefined) throw changed(folder, `"${entry.path}" is new`);
    if (known !== identityOf(entry)) throw changed(folder, `"${entry.path}" was written`);
    was.delete(entry.path);
  }
  for (const path of was.keys()) throw changed(folder, `"${path}" is gone`);
}

export function changed(path: string, how: string, cause?: unknown): UserError {
  return new UserError(
    {
      what: `"${path}" changed while being packed: ${how}.`,
      fix: 'let everything that writes there end before it is published',
    },
    { cause },
  );
}

function problemOf(entry: TreeEntry, tree: ReadonlyMap<string, TreeEntry>): Problem[] {
  if (entry.kind === 'file' || entry.kind === 'folder') return [];
  if (entry.kind !== 'link') {
    return [{ what: `"${entry.path}" cannot be published: it is a ${entry.kind}.`, allowed: 'files, folders, links' }];
  }
  const verdict = judgeLink(entry, tree);
  if (verdict === 'inside') return [];
  return [
    {
      what: `The link "${entry.path}" cannot be published: ${WHY[verdict]}.`,
      got: entry.target,
      allowed: 'relative links that stay inside the folder',
    },
  ];
}

const WHY = {
  absolute: 'it points to an absolute path',
  outside: 'it leaves the folder',
  loop: 'it points to itself',
} as const;

/** A folder's own times change with entries that come and go, and those are compared one by one. */
function identityOf(entry: TreeEntry): string {
  return entry.kind === 'folder' ? entry.kind : entry.stamp;
}
