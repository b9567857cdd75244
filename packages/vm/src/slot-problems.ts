import type { Health } from '@slipway/health/health';
import { isProblems, type Problem } from '@slipway/kernel/errors';
import type { BalancerUri } from './balancers/uri.ts';
import type { Host } from './host.ts';
import { OUTLIVING } from './services/choose.ts';
import type { ServiceTexts } from './services/problems.ts';

interface Read {
  readonly balancer: BalancerUri | readonly Problem[] | undefined;
  readonly health: Health | readonly Problem[] | undefined;
}

const SLOTS = 'slots: blue=8080, green=8081';
const MAP = '?map=/etc/haproxy/slipway.map&blue=be_blue&green=be_green&server={host}';

/** What two slots need of the other inputs, and what needs two slots. */
export function slotProblems(
  { slots, service }: ServiceTexts & { readonly slots?: readonly string[] | undefined },
  { balancer, health }: Read,
): readonly Problem[] {
  const routing = balancer === undefined || isProblems(balancer) ? undefined : balancer.routing;
  if (slots === undefined) return routing?.by === 'slot' ? [withoutSlots(routing.map)] : [];
  const problems: Problem[] = [];
  if (balancer === undefined) {
    problems.push({
      what: 'slots: two slots need a balancer, which moves the traffic between them.',
      allowed: 'a `balancer`, or no `slots`',
      fix: `balancer: haproxy://deploy@lb-1.example.com/run/haproxy/admin.sock${MAP}`,
    });
  } else if (!isProblems(balancer) && balancer.routing.by === 'server' && !balancer.server.includes('{slot}')) {
    problems.push({
      what: 'slots: both slots of a host would be one and the same server of the balancer.',
      got: `server=${balancer.server}`,
      allowed: 'a name with {slot} in it, or a backend for each slot and a map',
      fix: `server={host}-{slot}, or ${MAP}`,
    });
  }
  if (health !== undefined && !isProblems(health) && health.port !== '{port}') {
    problems.push({
      what: 'slots: the health check asks both slots at one port.',
      got: health.port,
      allowed: '{port}, which is that of the slot',
      fix: 'health: http://:{port}/healthz',
    });
  }
  if (service !== undefined && OUTLIVING.includes(service)) {
    problems.push({
      what: `slots: with "service: ${service}" one process runs all releases, so there is only one slot.`,
      allowed: 'no slots',
      fix: 'slots:    # removed',
    });
  }
  return problems;
}

/** With slots a port is the slot's, so a host has none of its own. */
export function hostSlotProblems(hosts: readonly Host[]): readonly Problem[] {
  const own = hosts.filter(({ servicePort }) => servicePort !== undefined);
  if (own.length === 0) return [];
  return [
    {
      what: 'slots: {port} is the port of a slot, and some hosts have one of their own.',
      got: own.map(({ name, servicePort }) => `${name} port=${servicePort}`).join(', '),
      allowed: 'ports in `slots`, or `port=` of hosts',
      fix: 'remove port= from the hosts',
    },
  ];
}

function withoutSlots(map: string): Problem {
  return {
    what: 'balancer: its map moves the traffic between two slots, and there are no `slots`.',
    got: `map=${map}`,
    allowed: '`slots`, or backend= in place of map=, blue= and green=',
    fix: SLOTS,
  };
}
