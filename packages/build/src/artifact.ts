import { join, resolve } from 'node:path';
import { listFolder, statIfThere } from '@slipway/effects/files';
import { findFiles } from '@slipway/effects/find';
import type { Problem } from '@slipway/kernel/errors';
import { globExpression } from '@slipway/kernel/glob';
import type { ArtifactRule } from './plan.ts';
import { type ArtifactRow, PASSED_OVER } from './tools.ts';

export type Artifact =
  /** Its absolute path. */
  | { readonly kind: 'found'; readonly path: string }
  /** None was asked for, and the tool knows of none. */
  | { readonly kind: 'none' }
  /** Asked for and not there, empty, or several where one was meant. */
  | { readonly kind: 'refused'; readonly problem: Problem };

/** What the build made. */
export async function findArtifact(rule: ArtifactRule, folder: string): Promise<Artifact> {
  if (rule.kind === 'none') return { kind: 'none' };
  const found = rule.kind === 'given' ? await given(rule.path, folder) : await candidates(rule.row, folder);
  if (found.length > 1) return several(found);
  if (found[0] !== undefined) return await checked(found[0], folder);
  return rule.kind === 'given'
    ? refused(`The artifact "${rule.path}" is not there after the build.`)
    : { kind: 'none' };
}

/** A path, else a pattern. */
async function given(path: string, folder: string): Promise<readonly string[]> {
  return (await statIfThere(resolve(folder, path))) === undefined ? await filesLike([path], [], folder) : [path];
}

async function candidates({ kind, found, notThese }: ArtifactRow, folder: string): Promise<readonly string[]> {
  if (kind === 'file') return await filesLike(found, notThese, folder);
  const there = await Promise.all(
    found.map(async (path) => ((await statIfThere(join(folder, path)))?.isDirectory() === true ? [path] : [])),
  );
  return there.flat();
}

async function filesLike(found: readonly string[], notThese: readonly string[], folder: string): Promise<string[]> {
  const yes = found.map(globExpression);
  const no = notThese.map(globExpression);
  const files = await findFiles(folder, {
    wanted: (path) => yes.some((e) => e.test(path)) && !no.some((e) => e.test(path)),
    skipped: (name) => PASSED_OVER.includes(name),
  });
  return files.map(({ path }) => path);
}

async function checked(path: string, folder: string): Promise<Artifact> {
  const absolute = resolve(folder, path);
  const stats = await statIfThere(absolute);
  const isEmpty = stats?.isDirectory() === true ? (await listFolder(absolute)).length === 0 : stats?.size === 0;
  return isEmpty ? refused(`The artifact "${path}" is empty.`) : { kind: 'found', path: absolute };
}

function refused(what: string): Artifact {
  return { kind: 'refused', problem: { what, fix: 'let the build write it, or name another: artifact: dist' } };
}

function several(found: readonly string[]): Artifact {
  return {
    kind: 'refused',
    problem: {
      what: 'Several files could be the artifact.',
      got: found.slice(0, 10).join(', '),
      allowed: 'one of them',
      fix: `artifact: ${found[0]}`,
    },
  };
}
