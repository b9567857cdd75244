import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Works while nobody else holds the file; the kernel lets it go when we end, however that happens. */
export async function locked<T>(path: string, work: () => Promise<T>): Promise<T> {
  const held = await take(path, []);
  if (held === undefined) throw new Error(`flock could not take ${path}`);
  return await held(work);
}

/** Works if nobody else holds the file now; else does nothing, and says so. */
export async function ifFree(path: string, work: () => Promise<void>): Promise<boolean> {
  const held = await take(path, ['--nonblock']);
  await held?.(work);
  return held !== undefined;
}

type Held = <T>(work: () => Promise<T>) => Promise<T>;

async function take(path: string, flags: readonly string[]): Promise<Held | undefined> {
  await mkdir(dirname(path), { recursive: true });
  const argv = [...flags, path, 'sh', '-c', 'echo held; cat'];
  const child = spawn('flock', argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  if ((await Promise.race([once(child.stdout, 'data'), ended.then(() => 'not held')])) === 'not held') return undefined;
  return async (work) => {
    try {
      return await work();
    } finally {
      child.stdin.end();
      await ended;
    }
  };
}
