import { readBundled } from '@slipway/effects/files';

/**
 * The POSIX sh that runs on hosts. Each `new URL` stays literal: the bundler finds the file by it and takes it along,
 * and `../../src` is right from `src/steps` as well as from `build/steps`.
 */
const FILES = {
  holder: new URL('../../src/steps/holder.sh', import.meta.url),
  lease: new URL('../../src/steps/lease.sh', import.meta.url),
  acquire: new URL('../../src/steps/acquire.sh', import.meta.url),
  fence: new URL('../../src/steps/fence.sh', import.meta.url),
  halt: new URL('../../src/steps/halt.sh', import.meta.url),
  process: new URL('../../src/steps/process.sh', import.meta.url),
  common: new URL('../../src/steps/common.sh', import.meta.url),
  observe: new URL('../../src/steps/observe.sh', import.meta.url),
  stage: new URL('../../src/steps/stage.sh', import.meta.url),
  configure: new URL('../../src/steps/configure.sh', import.meta.url),
  push: new URL('../../src/steps/push.sh', import.meta.url),
  pull: new URL('../../src/steps/pull.sh', import.meta.url),
  start: new URL('../../src/steps/start.sh', import.meta.url),
  stop: new URL('../../src/steps/stop.sh', import.meta.url),
  status: new URL('../../src/steps/status.sh', import.meta.url),
  note: new URL('../../src/steps/note.sh', import.meta.url),
  program: new URL('../../src/steps/program.sh', import.meta.url),
  put: new URL('../../src/steps/put.sh', import.meta.url),
  record: new URL('../../src/steps/record.sh', import.meta.url),
  port: new URL('../../src/steps/port.sh', import.meta.url),
  'service-script': new URL('../../src/steps/service-script.sh', import.meta.url),
  'service-systemd': new URL('../../src/steps/service-systemd.sh', import.meta.url),
  environment: new URL('../../src/steps/environment.sh', import.meta.url),
  'service-tomcat': new URL('../../src/steps/service-tomcat.sh', import.meta.url),
  settle: new URL('../../src/steps/settle.sh', import.meta.url),
  'service-container': new URL('../../src/steps/service-container.sh', import.meta.url),
  'stage-image': new URL('../../src/steps/stage-image.sh', import.meta.url),
  'service-command': new URL('../../src/steps/service-command.sh', import.meta.url),
  supervise: new URL('../../src/steps/supervise.sh', import.meta.url),
} as const;

export type ScriptName = keyof typeof FILES;

export function script(name: ScriptName): string {
  return readBundled(FILES[name]);
}
