import { join, relative, resolve } from 'node:path';
import { listFolder, statIfThere } from '@slipway/effects/files';
import { findFiles } from '@slipway/effects/find';
import { UserError, userError } from '@slipway/kernel/errors';
import { globExpression } from './glob.ts';
import type { ArtifactRule } from './plan.ts';
import { type ArtifactRow, PASSED_OVER } from './tools.ts';

/**
 * The absolute path of what the build made, or undefined when its tool knows of nothing. An artifact that was asked for
 * and is not there, an empty one, and several where one was meant are UserErrors.
 */
export async function findArtifact(rule: ArtifactRule, folder: string): Promise<string | undefined> {
  switch (rule.kind) {
    case 'none':
      return undefined;
    case 'given':
      return await checked(resolve(folder, (await givenPath(rule.path, folder)) ?? rule.path), folder);
    case 'by-tool': {
      const found = await candidates(rule.row, folder);
      if (found.length > 1) throw several(found);
      return found[0] === undefined ? undefined : await checked(join(folder, found[0]), folder);
    }
  }
}

async function givenPath(path: string, folder: string): Promise<string | undefined> {
  if ((await statIfThere(resolve(folder, path))) !== undefined) return path;
  const found = await filesLike([path], [], folder);
  if (found.length > 1) throw several(found);
  return found[0];
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

async function checked(path: string, folder: string): Promise<string> {
  const shown = relative(folder, path) || '.';
  const stats = await statIfThere(path);
  if (stats === undefined) throw userError(`The artifact "${shown}" is not there after the build.`, 'artifact: dist');
  const empty = stats.isDirectory() ? (await listFolder(path)).length === 0 : stats.size === 0;
  if (empty)
    throw userError(`The artifact "${shown}" is empty.`, 'let the build write it, or name another: artifact: dist');
  return path;
}

function several(found: readonly string[]): UserError {
  return new UserError({
    what: 'Several files could be the artifact.',
    got: found.slice(0, 10).join(', '),
    allowed: 'one of them',
    fix: `artifact: ${found[0]}`,
  });
}
