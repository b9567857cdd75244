import type { SlotName } from '@slipway/strategy/topology';
import type { Host } from '../host.ts';
import type { Place } from '../layout.ts';
import { scriptService } from './script.ts';
import type { Service } from './service.ts';

/** What the inputs say of the service; each kind takes what it needs. Durations in milliseconds. */
export interface ServiceWish {
  readonly kind: ServiceKind;
  readonly start: string;
  readonly stop: string;
  readonly stopMs: number;
}

/** All that a service can be made from. */
export interface ServiceOptions extends Omit<ServiceWish, 'kind'> {
  readonly place: Place;
  /** Where the service listens, as far as that is known. */
  readonly endpoint: (host: Host, slot: SlotName) => { readonly port?: number; readonly address?: string };
}

/** How each kind is made; its words are those of the input `service`. */
const SERVICES = {
  script: scriptService,
} satisfies Readonly<Record<string, (options: ServiceOptions) => Service>>;

export type ServiceKind = keyof typeof SERVICES;

export function chooseService(kind: ServiceKind, options: ServiceOptions): Service {
  return SERVICES[kind](options);
}
