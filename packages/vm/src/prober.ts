import { endpointOn, type Health, type VersionFrom } from '@slipway/health/health';
import { look, type Patience, type ProbePorts, type ProbeTarget, untilHealthy } from '@slipway/health/probe';
import type { ReleaseId } from '@slipway/kernel/release';
import type { Host } from './host.ts';
import type { Prober } from './probe.ts';
import type { Forward, Session } from './ssh/session.ts';

export interface ProbeWish extends Patience {
  readonly health: Health;
  readonly versionFrom: VersionFrom;
}

/** The health check made from here, through each host's own connection: nothing is needed on the host. */
export function createProber(wish: ProbeWish, sessions: ReadonlyMap<string, Session>, ports: ProbePorts): Prober {
  const targetOf = (member: string, release: ReleaseId): ProbeTarget => {
    const session = sessions.get(member);
    if (session === undefined) throw new Error(`no session for ${member}`);
    return {
      url: endpointOn(wish.health, session.host).url,
      socketPath: session.socket(forwardOf(wish.health, session.host)),
      versionFrom: wish.versionFrom,
      version: release.version,
    };
  };
  return {
    once: async (member, _slot, release, signal) => (await look(targetOf(member, release), ports, signal)).ok,
    untilHealthy: (member, _slot, release, signal) => untilHealthy(targetOf(member, release), wish, ports, signal),
  };
}

/** The forward that a host's health check goes through. */
export function forwardOf(health: Health, host: Host): Forward {
  const { host: to, port } = endpointOn(health, host);
  return { kind: 'tcp', host: to, port };
}

/** Where the service listens, as its health check says. Without a host in it, on any address. */
export function endpointOf(health: Health, host: Host): { readonly port: number; readonly address?: string } {
  const { host: address, port } = endpointOn(health, host);
  return health.host === '' ? { port } : { port, address };
}
