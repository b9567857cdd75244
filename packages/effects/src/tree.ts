import { isUtf8 } from 'node:buffer';
import type { BigIntStats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { userError } from '@slipway/kernel/errors';

/** One thing below a folder. `path` is relative to it, with `/` between its parts. */
export interface TreeEntry {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'device' | 'fifo' | 'socket';
  /** Whether the owner may execute it. */
  readonly executable: boolean;
  /** In bytes. */
  readonly size: number;
  /** Where a link points, as it is written in it; empty for everything else. */
  readonly target: string;
  /** Another text as soon as the file is written, replaced, or gets another mode. */
  readonly stamp: string;
}

/** Everything below a folder, links not followed, in no order. Memory grows with the number of entries only. */
export async function listTree(folder: string, below = ''): Promise<TreeEntry[]> {
  const names = await fs.readdir(join(folder, below), { encoding: 'buffer' });
  const found = await Promise.all(names.map((name) => readEntry(folder, joined(below, textOf(name, below)))));
  const entries: TreeEntry[] = [];
  for (const entry of found) {
    entries.push(entry);
    if (entry.kind === 'folder') for (const inner of await listTree(folder, entry.path)) entries.push(inner);
  }
  return entries;
}

/** The path with every link in it followed, or undefined when there is nothing at its end. */
export async function realPathIfThere(path: string): Promise<string | undefined> {
  try {
    return await fs.realpath(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw cause;
  }
}

async function readEntry(folder: string, path: string): Promise<TreeEntry> {
  const stats = await fs.lstat(join(folder, path), { bigint: true });
  const kind = kindOf(stats);
  return {
    path,
    kind,
    executable: (stats.mode & 0o100n) !== 0n,
    size: Number(stats.size),
    target: kind === 'link' ? textOf(await fs.readlink(join(folder, path), { encoding: 'buffer' }), path) : '',
    stamp: [stats.dev, stats.ino, stats.mode, stats.size, stats.mtimeNs, stats.ctimeNs].join(':'),
  };
}

function kindOf(stats: BigIntStats): TreeEntry['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  if (stats.isSymbolicLink()) return 'link';
  if (stats.isFIFO()) return 'fifo';
  return stats.isSocket() ? 'socket' : 'device';
}

/** Decoding other bytes would name another file than the one that is there. */
function textOf(bytes: Buffer, near: string): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const shown = JSON.stringify(bytes.toString('latin1'));
  throw userError(`The name ${shown} in "${near === '' ? '.' : near}" is not valid UTF-8.`, 'rename it');
}

function joined(below: string, name: string): string {
  return below === '' ? name : `${below}/${name}`;
}
