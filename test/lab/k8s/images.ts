import { readFile } from 'node:fs/promises';
import type { Programs } from './build.ts';
import { pushImage } from './push-image.ts';
import { PUSH_ADDRESS } from './registry.ts';

export const PAUSE_IMAGE = `${PUSH_ADDRESS}/lab/pause:1`;
/** The tags that the app is there under at once; its environment tells it its version. */
export const FIRST_VERSIONS = ['v1', 'v2', 'v3'];

export interface AppImage {
  readonly version: string;
  /** More of the environment that is baked in: see `app/main.go`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: `app`. */
  readonly name?: string;
}

/** Pushes the test app as `<registry>/<name>:<version>`; returns `<registry>/<name>@<digest>`. */
export async function pushApp(registry: string, program: string, image: AppImage): Promise<string> {
  const { version, env = {}, name = 'app' } = image;
  const content = await readFile(program);
  const digest = await pushImage(`${registry}/${name}:${version}`, {
    path: '/app',
    content,
    env: { VERSION: version, ...env },
  });
  return `${registry}/${name}@${digest}`;
}

/** What every cluster of the lab has from the start. */
export async function pushFirstImages({ pause, app }: Programs): Promise<void> {
  await pushImage(PAUSE_IMAGE, { path: '/pause', content: await readFile(pause) });
  for (const version of FIRST_VERSIONS) await pushApp(PUSH_ADDRESS, app, { version });
}
