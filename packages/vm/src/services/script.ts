import type { SlotName } from '@slipway/strategy/topology';
import type { Host } from '../host.ts';
import type { Place } from '../layout.ts';
import { script } from '../steps/scripts.ts';
import { type Endpoint, environmentVars, serviceEnvironment } from './environment.ts';
import type { Service } from './service.ts';

const LOG_BYTES = 10 * 1024 * 1024;

export interface ScriptServiceOptions {
  readonly place: Place;
  /** The program in the release that runs the service in the foreground. */
  readonly start: string;
  /** The program in the release that stops it; a release without one is told by SIGTERM. */
  readonly stop: string;
  readonly stopMs: number;
  /** Where the service listens, as far as that is known: it becomes PORT and HOST, and has to be free at the start. */
  readonly endpoint: (host: Host, slot: SlotName) => Endpoint;
}

/** The release's own start script, supervised: it runs in the release's folder, and is started again when it dies. */
export function scriptService(options: ScriptServiceOptions): Service {
  const { place, stopMs } = options;
  return {
    functions: [script('port'), script('environment'), script('service-script')].join('\n'),
    stopMs,
    vars(host, slot, release) {
      const endpoint = options.endpoint(host, slot);
      const { port, address } = endpoint;
      return {
        start: options.start,
        stop: options.stop,
        stop_seconds: String(Math.ceil(stopMs / 1_000)),
        port: port === undefined ? '' : String(port),
        address: address ?? '',
        log_bytes: String(LOG_BYTES),
        supervisor: release === null ? '' : script('supervise'),
        ...environmentVars(serviceEnvironment(place, slot, release, endpoint)),
      };
    },
  };
}
