import type { ReleaseId } from '@slipway/kernel/release';
import type { SlotName } from '@slipway/strategy/topology';
import type { Host } from '../host.ts';
import type { Place } from '../layout.ts';

/** Where a service listens, as far as that is known: it becomes PORT and HOST. */
export interface Endpoint {
  readonly port?: number;
  readonly address?: string;
}

export interface EnvironmentOptions {
  readonly place: Place;
  readonly endpoint: (host: Host, slot: SlotName) => Endpoint;
}

/** What every service is told in its environment, however it is run. */
export function serviceEnvironment(
  { place, endpoint }: EnvironmentOptions,
  host: Host,
  slot: SlotName,
  release: ReleaseId | null,
): Readonly<Record<string, string>> {
  const { port, address } = endpoint(host, slot);
  return {
    SLIPWAY_APP: place.app,
    SLIPWAY_ENVIRONMENT: place.environment,
    SLIPWAY_SLOT: slot,
    ...(release === null ? {} : { SLIPWAY_VERSION: release.version, SLIPWAY_DIGEST: release.digest }),
    ...(port === undefined ? {} : { PORT: String(port) }),
    ...(address === undefined ? {} : { HOST: address }),
  };
}

/** The environment for environment.sh, which exports it. */
export function environmentVars(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return {
    env_names: Object.keys(env).join(' '),
    ...Object.fromEntries(Object.entries(env).map(([name, value]) => [`env_${name}`, value])),
  };
}
