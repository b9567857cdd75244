import type { Clock } from '@slipway/effects/clock';
import type { LineSocket } from '@slipway/effects/socket';

export interface HaproxyPorts {
  readonly socket: LineSocket;
  readonly clock: Clock;
  /** Writes a file on the balancer's host: beside it first, then renamed. */
  readonly writeFile: (path: string, text: string, signal: AbortSignal) => Promise<void>;
}
