import * as fs from 'node:fs/promises';
import { join } from 'node:path';

/** A regular file below a folder. */
export interface FoundFile {
  /** Relative to the folder, with `/` between its parts. */
  readonly path: string;
  /** When its content was last written, in milliseconds of the file system's own clock. */
  readonly modified: number;
  /** Another text as soon as the file is written or replaced, whatever its times are set to. */
  readonly stamp: string;
}

export interface Search {
  /** Whether a file is of interest. */
  readonly wanted: (path: string) => boolean;
  /** Whether a folder of this name is passed over, with all below it. */
  readonly skipped: (name: string) => boolean;
}

/** The files that a search wants, in the order of their paths. Links are not followed. */
export async function findFiles(folder: string, search: Search): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const left = [''];
  for (let below = left.pop(); below !== undefined; below = left.pop()) {
    for (const entry of await fs.readdir(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory() && !search.skipped(entry.name)) left.push(path);
      else if (entry.isFile() && search.wanted(path)) found.push(await stamped(folder, path));
    }
  }
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function stamped(folder: string, path: string): Promise<FoundFile> {
  const { mtimeNs, ctimeNs, ino, size } = await fs.lstat(join(folder, path), { bigint: true });
  return { path, modified: Number(mtimeNs) / 1e6, stamp: [ino, size, mtimeNs, ctimeNs].join(':') };
}
