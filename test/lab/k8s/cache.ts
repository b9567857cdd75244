import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { locked } from './lock.ts';

/** Where what took minutes to build outlives this tree. */
export function cacheFolder(): string {
  return process.env.SLIPWAY_LAB_CACHE ?? join(homedir(), '.cache', 'slipway-lab');
}

/** One thing in the cache: its name carries all that its content depends on. */
export interface CachedThing {
  readonly name: string;
  /** Fills an empty folder. */
  readonly make: (folder: string) => Promise<void>;
}

/** The folder of a thing, made when it is not there yet. Of several processes one makes it, and the others wait. */
export async function fromCache({ name, make }: CachedThing): Promise<string> {
  const folder = join(cacheFolder(), name);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder(), { recursive: true });
  await locked(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    const partial = `${folder}.partial`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial);
    await make(partial);
    await rename(partial, folder);
  });
  return folder;
}

/** Says whether the files below a folder are the same as at another time. */
export function fingerprint(folder: string, ...more: readonly string[]): string {
  const hash = createHash('sha256').update(more.join('\n'));
  for (const name of globSync('**/*.{go,mod,sum}', { cwd: folder }).toSorted()) {
    hash.update(`\n${name}\n`).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex').slice(0, 12);
}
