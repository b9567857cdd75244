import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, readFileSync, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { type Digest, digestFromHex } from '@slipway/kernel/digest';

/** Files are tested on real folders, so these are plain functions; only this room imports node:fs. */

export async function readText(path: string | URL): Promise<string> {
  return await fs.readFile(path, 'utf8');
}

/** The text of a file that is part of the program, such as a script beside the code: small, and always there. */
export function readBundled(file: URL): string {
  return readFileSync(file, 'utf8');
}

/** The text, or undefined when there is no such file. */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  return await absentAs(undefined, fs.readFile(path, 'utf8'));
}

/** What is at the path itself (a link is not followed), or undefined. */
export async function statIfThere(path: string): Promise<Stats | undefined> {
  return await absentAs(undefined, fs.lstat(path));
}

export async function listFolder(path: string): Promise<string[]> {
  return (await fs.readdir(path)).toSorted();
}

export async function makeFolder(path: string, mode = 0o755): Promise<void> {
  await fs.mkdir(path, { recursive: true, mode });
}

/** A private folder of our own below `parent`. */
export async function makePrivateFolder(parent: string, prefix: string): Promise<string> {
  return await fs.mkdtemp(join(parent, prefix));
}

export async function removeTree(path: string): Promise<void> {
  await fs.rm(path, { recursive: true, force: true });
}

/** The file is there whole or not at all: temporary file, flush, rename, flush of the folder. */
export async function writeWhole(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  const temporary = temporaryBeside(path);
  try {
    await writeFlushed(temporary, content, mode);
    await fs.rename(temporary, path);
  } catch (cause) {
    await fs.rm(temporary, { force: true });
    throw cause;
  }
  await flushFolder(dirname(path));
}

/** Like `writeWhole`, but only when nothing is there: false when somebody was first. link(2) is the referee. */
export async function createWhole(path: string, content: string | Uint8Array, mode = 0o644): Promise<boolean> {
  const temporary = temporaryBeside(path);
  try {
    await writeFlushed(temporary, content, mode);
    await fs.link(temporary, path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  } finally {
    await fs.rm(temporary, { force: true });
  }
  await flushFolder(dirname(path));
  return true;
}

/** A symbolic link at `path`, where nothing is yet. */
export async function linkTo(target: string, path: string): Promise<void> {
  await fs.symlink(target, path);
}

export function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
}

export async function renameFlushed(from: string, to: string): Promise<void> {
  await fs.rename(from, to);
  await flushFolder(dirname(to));
}

export function readFrom(path: string): Readable {
  return createReadStream(path, { highWaterMark: 1024 * 1024 });
}

/** Writes bytes into a stream that stays open; what it cannot read is an error, that nobody takes it any more is none. */
export type Pour = (to: Writable) => Promise<void>;

const POUR_BYTES = 256 * 1024;

/**
 * The bytes of a file from an offset on, all through one buffer, which is filled again only once it is written: read
 * streams make garbage as fast as they go, and with many of them it is never collected in time.
 */
export function pourFrom(path: string, start: number): Pour {
  return async (to) => {
    const file = await fs.open(path, 'r');
    try {
      const buffer = Buffer.allocUnsafeSlow(POUR_BYTES);
      for (let at = start; ; ) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0 || !(await isTaken(to, buffer.subarray(0, bytesRead)))) return;
        at += bytesRead;
      }
    } finally {
      await file.close();
    }
  };
}

function isTaken(to: Writable, bytes: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    to.write(bytes, (cause) => resolve(cause === null || cause === undefined));
  });
}

/** A stream into a new file; it is flushed to the disk before it finishes. */
export function writeTo(path: string, mode = 0o644): Writable {
  return createWriteStream(path, { flags: 'wx', mode, flush: true });
}

/** SHA-256 and length of a file's bytes, streamed. */
export async function digestFile(path: string): Promise<{ digest: Digest; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of readFrom(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { digest: digestFromHex(hash.digest('hex')), size };
}

export async function flushFolder(path: string): Promise<void> {
  const handle = await fs.open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeFlushed(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  const handle = await fs.open(path, 'wx', mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function absentAs<T, A>(absent: A, found: Promise<T>): Promise<T | A> {
  try {
    return await found;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return absent;
    throw cause;
  }
}
