import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGo } from '../k8s/build.ts';

const SOURCES = fileURLToPath(new URL('app', import.meta.url));

/** Makes a folder a release of the static shop. Built once, from nothing but the standard library. */
export async function makeStaticShop(folder: string, version: string, say: (line: string) => void): Promise<void> {
  const program = await buildGo('app', say, ['-ldflags', '-s -w'], SOURCES);
  await mkdir(join(folder, 'bin'), { recursive: true });
  await cp(program, join(folder, 'shop'));
  await writeFile(join(folder, 'VERSION'), version);
  await writeFile(join(folder, 'bin', 'start'), '#!/bin/sh\nexec ./shop\n');
  await chmod(join(folder, 'bin', 'start'), 0o755);
}
