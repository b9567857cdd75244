import { resolveAmount } from '@slipway/kernel/amount';
import type { Problem } from '@slipway/kernel/errors';
import { type ReleaseId, sameRelease } from '@slipway/kernel/release';
import { ids } from './in-place.ts';
import type { DeployRequest, Shares, Step } from './plan.ts';
import { predict } from './predict.ts';
import { grouped, meaningful } from './steps.ts';
import { inService, type Member, type SlotName, type Topology } from './topology.ts';

/** A fleet with two slots: the side that a release comes up on, and the side that is left. */
export interface Sides {
  readonly incoming: SlotName;
  readonly outgoing: SlotName;
  /** Members that have the incoming slot: all of them, or their own group of hosts. */
  readonly members: readonly Member[];
  /** Of these, the ones that do not run the release yet, healthy. */
  readonly unready: readonly Member[];
  /** The share of the traffic that the incoming side has and keeps: above 0 when a canary goes on. */
  readonly share: number;
  /** Users are served by the outgoing side. */
  readonly served: boolean;
}

/**
 * The release comes up where it runs whole already, else on the idle side: the one with less traffic, and of two equal
 * ones the one with less that is healthy.
 */
export function sidesFor(topology: Topology, release: ReleaseId): Sides {
  const sides = (['blue', 'green'] as const).map((name) => sideOf(topology, name, release));
  const [blue, green] = sides as [Side, Side];
  const idle = [blue.traffic - green.traffic, blue.healthy - green.healthy].find((by) => by !== 0) ?? 1;
  const [other, first] = idle < 0 ? [green, blue] : [blue, green];
  const whole = [other, first].find((side) => side.unready.length === 0 && routed(side.members).length > 0);
  const side = whole ?? first;
  const members = side.members;
  const goesOn = side.unready.length === 0;
  return {
    incoming: side.name,
    outgoing: otherSlot(side.name),
    members,
    unready: side.unready,
    served: topology.members.some((member) => serves(member, otherSlot(side.name))),
    share: goesOn ? Math.max(0, ...routed(members).map((member) => member.slots[side.name]?.share ?? 0)) : 0,
  };
}

export function otherSlot(slot: SlotName): SlotName {
  return slot === 'blue' ? 'green' : 'blue';
}

interface Side {
  readonly name: SlotName;
  readonly members: readonly Member[];
  readonly unready: readonly Member[];
  readonly traffic: number;
  readonly healthy: number;
}

function sideOf({ members: all }: Topology, name: SlotName, release: ReleaseId): Side {
  const members = all.filter((member) => member.slots[name] !== undefined);
  const slots = members.flatMap((member) => member.slots[name] ?? []);
  return {
    name,
    members,
    unready: members.filter(({ slots: { [name]: slot } }) => !(slot?.healthy && sameRelease(slot.release, release))),
    traffic: slots.reduce((sum, { share }) => sum + share, 0) / Math.max(1, slots.length),
    healthy: slots.filter((slot) => slot.healthy).length / Math.max(1, slots.length),
  };
}

/** Nothing is left to do: the incoming side is whole and has all the traffic. */
export function isSettled({ incoming, outgoing, unready, members }: Sides, topology: Topology): boolean {
  const shares = (name: SlotName): readonly number[] =>
    routed(topology.members).flatMap((member) => member.slots[name]?.share ?? []);
  return (
    routed(members).length > 0 &&
    unready.length === 0 &&
    shares(incoming).every((share) => share === 100) &&
    shares(outgoing).every((share) => share === 0)
  );
}

/**
 * Brings the release up on the whole incoming side, which no user sees: what traffic it has goes first, unless the
 * release runs there whole already.
 */
export function bringUp({ members, unready, incoming, outgoing }: Sides, request: SlotRequest, topology: Topology) {
  const { release, checks } = request;
  const isSeen = members.some((member) => (member.slots[incoming]?.share ?? 0) > 0);
  const clear = isSeen && unready.length > 0 ? [shiftTo(topology, clearShares(incoming, outgoing, topology))] : [];
  const at = { slot: incoming, release };
  return meaningful([
    ...clear,
    { kind: 'stage', members: ids(unready), release },
    { kind: 'start', members: ids(unready), ...at },
    { kind: 'probe', members: ids(members), ...at },
    { kind: 'check', members: checks ? ids(routed(members)) : [], ...at },
  ]);
}

type SlotRequest = Pick<
  Extract<DeployRequest, { checks: boolean }>,
  'release' | 'checks' | 'minAvailable' | 'allowDowntime'
>;

/** Where each member has its own share, the outgoing side keeps what it has. */
function clearShares(incoming: SlotName, outgoing: SlotName, { capabilities }: Topology): Shares {
  return capabilities.shifts === 'together' ? { [incoming]: 0, [outgoing]: 100 } : { [incoming]: 0 };
}

/**
 * The incoming side gets a part of the traffic, the other one the rest, as far as it serves anybody. Of two groups that
 * are told one by one, what joins comes first.
 */
export function splitTraffic(sides: Sides, percent: number, topology: Topology): readonly Step[] {
  const { incoming, outgoing, served } = sides;
  if (topology.capabilities.shifts === 'together') {
    return [shiftTo(topology, { [incoming]: percent, [outgoing]: 100 - percent })];
  }
  const rest = (member: Member): number => (serves(member, outgoing) || !served ? 100 - percent : 0);
  const sharesOf = (member: Member): Shares => ({
    ...(member.slots[incoming] === undefined ? {} : { [incoming]: percent }),
    ...(member.slots[outgoing] === undefined ? {} : { [outgoing]: rest(member) }),
  });
  const joining = topology.members.toSorted((a, b) => Number(incoming in b.slots) - Number(incoming in a.slots));
  return grouped(joining, (member) => JSON.stringify(sharesOf(member))).map(([, group]) =>
    shiftTo({ ...topology, members: group }, sharesOf(group[0] as Member)),
  );
}

export function serves(member: Member, slot: SlotName): boolean {
  const seen = member.slots[slot];
  return seen?.healthy === true && seen.share > 0;
}

export function shiftTo({ members }: Topology, shares: Shares): Step {
  const concerned = members.filter((member) => Object.keys(shares).some((slot) => member.slots[slot as SlotName]));
  return { kind: 'shift', members: ids(routed(concerned)), shares };
}

export function routed(members: readonly Member[]): readonly Member[] {
  return members.filter((member) => !member.drainedByOperator);
}

/** What is left is stopped; where nothing runs there is nothing to stop. */
export function retireSide(topology: Topology, slot: SlotName): Step {
  const running = topology.members.filter((member) => member.slots[slot]?.healthy === true);
  return { kind: 'retire', members: ids(running), slot };
}

/** How many members stay in service, or why the steps would leave too few. */
export function capacityFor(
  { members, outgoing, share, served }: Sides,
  { minAvailable: asked, allowDowntime }: SlotRequest,
  steps: readonly Step[],
  topology: Topology,
): { readonly minAvailable: number; readonly notes: readonly string[] } | readonly Problem[] {
  const atStart = topology.members.filter(inService).length;
  const minAvailable = Math.min(Math.max(1, resolveAmount(asked, members.length)), atStart);
  let now = topology;
  const forward = steps.reduce((least, step) => {
    now = predict(now, step);
    return Math.min(least, now.members.filter(inService).length);
  }, atStart);
  // A canary that goes on has to find enough on the side that it may be sent back to.
  const back = share > 0 && served ? topology.members.filter((member) => serves(member, outgoing)).length : atStart;
  const fewest = steps.length === 0 ? atStart : Math.min(forward, back);
  if (steps.length > 0 && routed(members).length === 0) return [nobodyLeft(members)];
  if (fewest >= minAvailable) return { minAvailable, notes: [] };
  const problem: Problem = {
    what: `Only ${fewest} of the ${atStart} members in service would stay there, and ${minAvailable} must.`,
    fix: 'bring the members of the side that serves back first, lower `min-available`, or `allow-downtime: true`',
  };
  return allowDowntime ? { minAvailable: fewest, notes: [`allow-downtime: ${problem.what}`] } : [problem];
}

function nobodyLeft(members: readonly Member[]): Problem {
  return {
    what: 'Every member of the idle side was drained by somebody else, so nobody could be served there.',
    got: members.map(({ name }) => name).join(', '),
    fix: 'take them back into service in the balancer first',
  };
}
