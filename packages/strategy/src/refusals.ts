import type { Problem } from '@slipway/kernel/errors';
import { sameRelease } from '@slipway/kernel/release';
import type { DeployRequest, MixedVersions } from './plan.ts';
import { inService, servedRelease, type Topology } from './topology.ts';

/** Strategies that serve old and new together, where the two must never meet. */
export function refuseMixed(
  {
    strategy,
    mixedVersions,
    release,
  }: Pick<DeployRequest, 'strategy' | 'release'> & {
    readonly mixedVersions: MixedVersions;
  },
  topology: Topology,
): readonly Problem[] {
  const others = topology.members.filter(inService).some((member) => !sameRelease(servedRelease(member), release));
  if (mixedVersions === 'allowed' || !others) return [];
  return [
    {
      what: `The strategy ${strategy} serves the old and the new version at the same time.`,
      got: `strategy: ${strategy}, mixed-versions: forbidden`,
      fix: '`strategy: blue-green`, which moves all users at one moment, or `mixed-versions: allowed`',
    },
  ];
}

/** Members one by one, where the router only moves the whole fleet. */
export function refuseTogether({ capabilities }: Topology): readonly Problem[] {
  if (capabilities.shifts === 'each') return [];
  return [
    {
      what: 'This balancer moves the traffic of the whole fleet from slot to slot, never that of one member.',
      allowed: 'strategy: blue-green, or canary',
      fix: '`strategy: blue-green`, or a balancer that is told of each server by itself',
    },
  ];
}

/** One moment for all, where the router is told of each member by itself. */
export function refuseOneByOne({ capabilities }: Topology): readonly Problem[] {
  if (capabilities.shifts === 'together') return [];
  return [
    {
      what: 'This balancer is told of each server by itself, so the traffic cannot move at one moment.',
      allowed: 'strategy: rolling, or canary',
      fix: 'a balancer that switches slots: `balancer: haproxy://...?map=/etc/haproxy/slipway.map&blue=be_blue&green=be_green`',
    },
  ];
}

/** What takes two slots, where there is one. */
export function refuseOneSlot(strategy: DeployRequest['strategy'], { capabilities }: Topology): readonly Problem[] {
  const { slots, weights, replaces } = capabilities;
  if (slots === 2 && weights !== 'none' && replaces === 'stop-start') return [];
  const what =
    slots === 1 || replaces === 'gradually'
      ? `The strategy ${strategy} needs two slots, so that the old release serves until the new one is proved.`
      : `The strategy ${strategy} needs a balancer, which moves the traffic between the slots.`;
  return [{ what, fix: '`slots: blue=8080 green=8081` and a `balancer`, or `strategy: rolling`' }];
}
