import type { ReleaseId } from '@slipway/kernel/release';
import type { SlotName } from '@slipway/strategy/topology';
import type { Place } from '../layout.ts';

/** Where a service listens, as far as that is known. */
export interface Endpoint {
  readonly port?: number;
  readonly address?: string;
}

/** What tells a service what it is and where to listen: the variables that every kind of service sets. */
export function serviceEnvironment(
  place: Place,
  slot: SlotName,
  release: ReleaseId | null,
  { port, address }: Endpoint,
): Readonly<Record<string, string>> {
  return {
    SLIPWAY_APP: place.app,
    SLIPWAY_ENVIRONMENT: place.environment,
    SLIPWAY_SLOT: slot,
    ...(release === null ? {} : { SLIPWAY_VERSION: release.version, SLIPWAY_DIGEST: release.digest }),
    ...(port === undefined ? {} : { PORT: String(port) }),
    ...(address === undefined ? {} : { HOST: address }),
  };
}

/** The same for environment.sh, which exports it. */
export function environmentVars(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return {
    env_names: Object.keys(env).join(' '),
    ...Object.fromEntries(Object.entries(env).map(([name, value]) => [`env_${name}`, value])),
  };
}
