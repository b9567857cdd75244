import { join } from 'node:path';
import { listFolder, makeFolder, statIfThere } from '@slipway/effects/files';
import { UserError } from '@slipway/kernel/errors';
import type { Git } from './git.ts';
import { type Repository, sameRepository } from './repository.ts';

const SHOWN = 10;

/**
 * Makes sure that a checkout into this folder destroys nothing: it is absent, empty, or a clean checkout of the same
 * repository. Everything else is refused; nothing is ever wiped. True when it is such a checkout.
 */
export async function prepareFolder(folder: string, repository: Repository, git: Git): Promise<boolean> {
  const stats = await statIfThere(folder);
  if (stats !== undefined && !stats.isDirectory() && !stats.isSymbolicLink()) throw refused(folder, 'it is a file');
  await makeFolder(folder);
  const names = await listFolder(folder);
  if (names.length === 0) return false;
  if ((await statIfThere(join(folder, '.git'))) === undefined) {
    throw refused(folder, `it is not empty, and no git repository: ${shownList(names)}`);
  }
  const origin = (await git.holds('config', '--get', 'remote.origin.url'))
    ? await git.read('config', '--get', 'remote.origin.url')
    : 'no origin';
  if (!sameRepository(origin, repository.url)) {
    throw refused(folder, `it is a checkout of another repository: ${withoutUser(origin)}`);
  }
  const changes = await git.read('status', '--porcelain', '--untracked-files=normal', '--ignore-submodules=none');
  if (changes !== '') {
    throw refused(
      folder,
      `the repository in it is dirty: ${shownList(changes.split('\n').map((line) => line.trim()))}`,
    );
  }
  return true;
}

function refused(folder: string, because: string): UserError {
  return new UserError({
    what: `The folder "${folder}" is not checked out into: that could destroy what is there.`,
    got: because,
    allowed: 'a folder that is absent, empty, or a clean checkout of the same repository',
    fix: 'path: source (or empty the folder in a step before)',
  });
}

function shownList(names: readonly string[]): string {
  const left = names.length - SHOWN;
  return `${names.slice(0, SHOWN).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

/** An address that somebody else configured may carry a password. */
function withoutUser(address: string): string {
  return address.replace(/\/\/[^/@]*@/, '//');
}
