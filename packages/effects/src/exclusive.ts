import * as fs from 'node:fs/promises';
import { dirname } from 'node:path';
import { flushFolder } from './files.ts';

/**
 * Moves a folder to where nothing is yet, and flushes: false when somebody was first. rename(2) is the referee: it never
 * replaces a folder that holds something.
 */
export async function moveIfFree(from: string, to: string): Promise<boolean> {
  try {
    await fs.rename(from, to);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw cause;
  }
  await flushFolder(dirname(to));
  return true;
}

/** Gives a file a new time of change, so that others see a sign of life. */
export async function touch(path: string): Promise<void> {
  const now = new Date();
  await fs.utimes(path, now, now);
}
