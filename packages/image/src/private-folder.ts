import { basename, dirname } from 'node:path';
import { makePrivateFolder, removeTree } from '@slipway/effects/files';

const PREFIX = 'slipway-image-';

/**
 * A folder for logins and for what builders write, for as long as the body runs. `remember` hears of it before there
 * is a secret in it, so that a run that is killed can be cleaned up after.
 */
export async function withPrivateFolder<T>(
  parent: string,
  remember: (folder: string) => void,
  body: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await makePrivateFolder(parent, PREFIX);
  remember(folder);
  try {
    return await body(folder);
  } finally {
    await removeTree(folder);
  }
}

/** Removes such a folder, and nothing else. */
export async function removePrivateFolder(folder: string, parent: string): Promise<void> {
  if (dirname(folder) === parent && basename(folder).startsWith(PREFIX)) await removeTree(folder);
}
