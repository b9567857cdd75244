import { script } from '../steps/scripts.ts';
import { type EnvironmentOptions, environmentVars, serviceEnvironment } from './environment.ts';
import type { Service } from './service.ts';

const LOG_BYTES = 10 * 1024 * 1024;

export interface ScriptServiceOptions extends EnvironmentOptions {
  /** The program in the release that runs the service in the foreground. */
  readonly start: string;
  /** The program in the release that stops it; a release without one is told by SIGTERM. */
  readonly stop: string;
  readonly stopMs: number;
}

/** The release's own start script, supervised: it runs in the release's folder, and is started again when it dies. */
export function scriptService(options: ScriptServiceOptions): Service {
  const { stopMs } = options;
  return {
    functions: [script('port'), script('environment'), script('service-script')].join('\n'),
    stopMs,
    kept: { start: options.start },
    vars(host, slot, release) {
      const { port, address } = options.endpoint(host, slot);
      return {
        start: options.start,
        stop: options.stop,
        stop_seconds: String(Math.ceil(stopMs / 1_000)),
        port: port === undefined ? '' : String(port),
        address: address ?? '',
        log_bytes: String(LOG_BYTES),
        supervisor: release === null ? '' : script('supervise'),
        ...environmentVars(serviceEnvironment(options, host, slot, release)),
      };
    },
  };
}
