import { endpointOn, type Health, type VersionFrom } from '@slipway/health/health';
import { look, type Patience, type ProbePorts, type ProbeTarget, untilHealthy } from '@slipway/health/probe';
import type { ReleaseId } from '@slipway/kernel/release';
import type { SlotName } from '@slipway/strategy/topology';
import type { Host } from './host.ts';
import type { Prober } from './probe.ts';
import type { Door } from './run-checks.ts';
import { type Slots, slotOn } from './slots.ts';
import type { Forward, Session } from './ssh/session.ts';

/** Where the services of a fleet listen. */
export interface Listening {
  readonly health: Health;
  readonly slots: Slots;
}

export interface ProbeWish extends Patience, Listening {
  readonly versionFrom: VersionFrom;
}

/** The health check made from here, through each host's own connection: nothing is needed on the host. */
export function createProber(wish: ProbeWish, sessions: ReadonlyMap<string, Session>, ports: ProbePorts): Prober {
  const targetOf = (member: string, slot: SlotName, release: ReleaseId): ProbeTarget => {
    const { health: url, socket: socketPath } = doorTo(wish, sessions.get(member), slot);
    return { url, socketPath, versionFrom: wish.versionFrom, version: release.version };
  };
  return {
    once: async (member, slot, release, signal) => (await look(targetOf(member, slot, release), ports, signal)).ok,
    untilHealthy: (member, slot, release, signal) => untilHealthy(targetOf(member, slot, release), wish, ports, signal),
  };
}

/** The way to a slot of a host, through its session. */
export function doorTo({ health, slots }: Listening, session: Session | undefined, slot: SlotName): Door {
  if (session === undefined) throw new Error('no session for this member');
  const { url } = endpointOn(health, slotOn(session.host, slot, slots));
  return {
    url: new URL(url).origin,
    health: url,
    socket: session.socket(forwardOf({ health, slots }, session.host, slot)),
  };
}

/** The forward that the health check of a slot goes through. */
export function forwardOf({ health, slots }: Listening, host: Host, slot: SlotName): Forward {
  const { host: to, port } = endpointOn(health, slotOn(host, slot, slots));
  return { kind: 'tcp', host: to, port };
}

/** Where the service listens, as its health check says. Without a host in it, on any address. */
export function endpointOf(
  { health, slots }: Listening,
  host: Host,
  slot: SlotName,
): { readonly port: number; readonly address?: string } {
  const { host: address, port } = endpointOn(health, slotOn(host, slot, slots));
  return health.host === '' ? { port } : { port, address };
}
