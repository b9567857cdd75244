import { createHash } from 'node:crypto';
import { type Dirent, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Each path below some folders, with its kind, mode, last change and bytes: equal listings mean that nobody wrote. */
export type Listing = Readonly<Record<string, string>>;

/** The folder of the state itself is written whenever a lease is. */
const LEASE = /\/state(\/lease\.\d+|\/steps(\/.*)?)?$/;

export function listing(folders: readonly string[]): Listing {
  return Object.fromEntries(folders.flatMap((folder) => entriesBelow(folder).map((path) => [path, tellOf(path)])));
}

/** Without the leases, which come and go with every run that only looks. */
export function withoutLeases(files: Listing): Listing {
  return Object.fromEntries(Object.entries(files).filter(([path]) => !LEASE.test(path)));
}

/** The text of every file below some folders. */
export function textsBelow(folders: readonly string[]): readonly (readonly [path: string, text: string])[] {
  return folders
    .flatMap(entriesBelow)
    .filter((path) => lstatSync(path).isFile())
    .map((path) => [path, readFileSync(path, 'latin1')]);
}

function entriesBelow(folder: string): readonly string[] {
  const entries: Dirent[] = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.map((entry) => join(entry.parentPath, entry.name)).toSorted();
}

function tellOf(path: string): string {
  const stats = lstatSync(path);
  const mode = (stats.mode & 0o7777).toString(8);
  const at = stats.mtimeMs;
  if (stats.isSymbolicLink()) return `link ${at} to ${readlinkSync(path)}`;
  if (stats.isDirectory()) return `folder ${mode} ${at}`;
  if (!stats.isFile()) return `special ${mode}`;
  return `file ${mode} ${at} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
}
