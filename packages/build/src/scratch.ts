import { makePrivateFolder, removeTree } from '@slipway/effects/files';

/** A private folder below `parent` for as long as the body runs. */
export async function withScratch<T>(parent: string, body: (scratch: string) => Promise<T>): Promise<T> {
  const scratch = await makePrivateFolder(parent, 'slipway-');
  try {
    return await body(scratch);
  } finally {
    await removeTree(scratch);
  }
}
