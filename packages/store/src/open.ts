import { fileURLToPath, pathToFileURL } from 'node:url';
import { UserError } from '@slipway/kernel/errors';
import { directoryStore } from './directory.ts';
import type { Store, StorePorts } from './store.ts';

export const STORE_RULE = 'file:///absolute/folder';

export type StoreAddress = { readonly kind: 'directory'; readonly folder: string; readonly uri: string };

/** Reads a store URI; undefined for one that no store answers to. */
export function parseStoreUri(text: string): StoreAddress | undefined {
  if (!text.startsWith('file:///') || !URL.canParse(text)) return undefined;
  const folder = folderOf(new URL(text));
  return folder === undefined ? undefined : { kind: 'directory', folder, uri: pathToFileURL(folder).href };
}

/** Opens the store behind a URI, without touching it yet. */
export function openStore(uri: string, ports: StorePorts): Store {
  const address = parseStoreUri(uri);
  if (address !== undefined) return directoryStore(address, ports);
  throw new UserError({
    what: 'There is no store for this URI.',
    // Only the scheme: a URI with credentials in it must not end in a log.
    got: /^[a-z][a-z0-9+.-]*:/i.exec(uri)?.[0] ?? 'no scheme',
    allowed: STORE_RULE,
    fix: /^\/[^/]/.test(uri) ? `store: file://${uri}` : 'store: file:///srv/releases',
  });
}

/** Without its final slash; undefined for the root itself, which an empty variable in a workflow asks for. */
function folderOf(url: URL): string | undefined {
  // In a URL these end the path: a folder with such a letter in its name is written %3F or %23.
  if (url.search !== '' || url.hash !== '') return undefined;
  try {
    const folder = fileURLToPath(url).replace(/\/+$/, '');
    return folder === '' || folder.includes('\0') ? undefined : folder;
  } catch {
    return undefined;
  }
}
