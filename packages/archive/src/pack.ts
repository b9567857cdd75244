import { createHash, type Hash } from 'node:crypto';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { throwIfAborted } from '@slipway/effects/clock';
import { explainDisk } from '@slipway/effects/disk-errors';
import { readFrom, removeTree, writeTo } from '@slipway/effects/files';
import { listTree, type TreeEntry } from '@slipway/effects/tree';
import { type Digest, digestFromHex } from '@slipway/kernel/digest';
import { pack as createPack, type Header, type Pack } from 'tar-stream';
import { changed, refuseChanges, refuseUnpackable } from './refuse.ts';

export interface PackedTree {
  /** Of the compressed bytes, as they are transferred. */
  readonly digest: Digest;
  /** Of the canonical tar: equal for equal trees on every machine, whatever its compressor. */
  readonly contentDigest: Digest;
  /** Of the compressed bytes. */
  readonly size: number;
  /** How many files and links are in it. */
  readonly files: number;
}

/**
 * Packs a folder into `destination`, a new file outside of it, as a compressed canonical tar: names in the order of
 * their bytes (a folder's ends in `/`), time 0, owner 0 without names, modes 0755 and 0644 by the owner's right to
 * execute, links and empty folders kept, long and non-ASCII names in pax headers. Streams: memory grows with the number
 * of entries, never with their size. UserErrors: nothing to pack, an entry that is no file, folder or link, a link that
 * leaves the folder, a tree that changes meanwhile; `destination` is gone then.
 */
export async function packTree(folder: string, destination: string, signal?: AbortSignal): Promise<PackedTree> {
  try {
    const entries = await listTree(folder);
    refuseUnpackable(folder, entries);
    const packed = await stream(folder, entries.map(named).toSorted(byBytes), destination, signal);
    refuseChanges(folder, entries, await listTree(folder));
    return { ...packed, files: entries.filter((entry) => entry.kind !== 'folder').length };
  } catch (cause) {
    await removeTree(destination);
    throwIfAborted(signal);
    if (isVanished(cause)) throw changed(folder, 'a file is gone', cause);
    throw explainDisk(cause, `The folder "${folder}" cannot be packed.`, destination);
  }
}

type EntryHeader = Partial<Header> & Pick<Header, 'name'>;

interface Named {
  readonly entry: TreeEntry;
  readonly name: string;
  readonly bytes: Buffer;
}

function named(entry: TreeEntry): Named {
  const name = entry.kind === 'folder' ? `${entry.path}/` : entry.path;
  return { entry, name, bytes: Buffer.from(name) };
}

function byBytes(a: Named, b: Named): number {
  return Buffer.compare(a.bytes, b.bytes);
}

async function stream(
  folder: string,
  entries: readonly Named[],
  destination: string,
  signal: AbortSignal | undefined,
): Promise<Omit<PackedTree, 'files'>> {
  const content = createHash('sha256');
  const compressed = createHash('sha256');
  let size = 0;
  const tar = createPack();
  const written = pipeline(
    () => tar as AsyncIterable<Buffer>,
    through((chunk) => content.update(chunk)),
    createGzip(),
    through((chunk) => {
      compressed.update(chunk);
      size += chunk.length;
    }),
    writeTo(destination),
    signal === undefined ? {} : { signal },
  );
  // When the disk fails, the entries fail after it: the first cause is always the one of the whole pipeline.
  const [whole] = await Promise.allSettled([written, addAll(tar, folder, entries)]);
  if (whole.status === 'rejected') throw whole.reason;
  return { digest: digestFrom(compressed), contentDigest: digestFrom(content), size };
}

async function addAll(tar: Pack, folder: string, entries: readonly Named[]): Promise<void> {
  try {
    for (const { entry, name } of entries) {
      if (entry.kind === 'file') await addFile(tar, join(folder, entry.path), entry, headerOf(entry, name));
      else tar.entry(headerOf(entry, name));
    }
    tar.finalize();
  } catch (cause) {
    tar.destroy(cause instanceof Error ? cause : undefined);
    throw cause;
  }
}

async function addFile(tar: Pack, path: string, { size }: TreeEntry, header: EntryHeader): Promise<void> {
  let left = size;
  const exactly = through((chunk) => {
    left -= chunk.length;
    if (left < 0) throw changed(path, 'it grew');
  });
  const whole = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    yield* exactly(chunks);
    if (left > 0) throw changed(path, 'it shrank');
  };
  await pipeline(readFrom(path), whole, tar.entry(header));
}

function headerOf(entry: TreeEntry, name: string): EntryHeader {
  const common = { name, mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' };
  if (entry.kind === 'folder') return { ...common, type: 'directory', mode: 0o755 };
  if (entry.kind === 'link') return { ...common, type: 'symlink', mode: 0o777, linkname: entry.target };
  return { ...common, type: 'file', mode: entry.executable ? 0o755 : 0o644, size: entry.size };
}

function through(see: (chunk: Buffer) => void): (chunks: AsyncIterable<Buffer>) => AsyncGenerator<Buffer> {
  return async function* (chunks) {
    for await (const chunk of chunks) {
      see(chunk);
      yield chunk;
    }
  };
}

function digestFrom(hash: Hash): Digest {
  return digestFromHex(hash.digest('hex'));
}

function isVanished(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
