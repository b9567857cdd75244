import { readBundled } from '@slipway/effects/files';

/**
 * The POSIX sh that runs on hosts. Each `new URL` stays literal: the bundler finds the file by it and takes it along,
 * and `../../src` is right from `src/steps` as well as from `build/steps`.
 */
const FILES = {
  holder: new URL('../../src/steps/holder.sh', import.meta.url),
  fence: new URL('../../src/steps/fence.sh', import.meta.url),
} as const;

export type ScriptName = keyof typeof FILES;

export function script(name: ScriptName): string {
  return readBundled(FILES[name]);
}
