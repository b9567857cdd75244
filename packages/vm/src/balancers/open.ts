import type { Balancer } from './balancer.ts';
import { haproxyServers } from './haproxy.ts';
import type { AdminSocket } from './haproxy-cli.ts';
import type { HaproxyPorts } from './haproxy-ports.ts';
import { haproxySlots } from './haproxy-slots.ts';
import type { BalancerUri } from './uri.ts';

/** The balancer of an input, whose socket is reached from here at `path`. */
export function openBalancer(uri: BalancerUri, path: string, ports: HaproxyPorts): Balancer {
  const admin: AdminSocket = { who: `HAProxy on ${uri.host.name}`, socket: uri.socket, path, sockets: ports.socket };
  const { routing } = uri;
  return routing.by === 'server'
    ? haproxyServers(uri, routing.backend, admin, ports)
    : haproxySlots(uri, routing, admin, ports);
}
