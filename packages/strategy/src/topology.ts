import { type ReleaseId, sameRelease } from '@slipway/kernel/release';

/** A place on a member where one version can run. A target with one place per member calls it `blue`. */
export type SlotName = 'blue' | 'green';

/** What one slot of one member is seen to do. */
export interface SlotState {
  /** What is installed to run there; null when nothing ever was. */
  readonly release: ReleaseId | null;
  /** A process is there, it is the installed release's, and its health check passes. */
  readonly healthy: boolean;
  /** Where the target replaces gradually: the release of a start that is not through; until then `release` serves. */
  readonly becoming?: ReleaseId;
  /** Share of the member's traffic that goes to this slot, 0..100; 0 = drained. */
  readonly share: number;
}

/** A host, or a group of pods that is moved as one. */
export interface Member {
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  readonly slots: Readonly<Partial<Record<SlotName, SlotState>>>;
  /** Somebody outside of us took it out of service: it is brought up to date, and stays out. */
  readonly drainedByOperator: boolean;
}

/** What a target can do; strategies ask these, never what kind of target it is. */
export interface Capabilities {
  /** `none`: no router, so traffic cannot be taken off a member, and the share of each slot is always 100. */
  readonly weights: 'exact' | 'by-member' | 'none';
  readonly slots: 1 | 2;
  /** `each`: a shift is of each member's own traffic. `together`: it moves the whole fleet's at one moment. */
  readonly shifts: 'each' | 'together';
  /**
   * What `start` does to what runs in the slot. `stop-start`: it is down in between. `gradually`: the target keeps it
   * serving until the new one is ready, so neither traffic nor capacity has to be cared for.
   */
  readonly replaces: 'stop-start' | 'gradually';
}

/** The observed state of everything that a deployment is about. Pure input to a plan. */
export interface Topology {
  readonly capabilities: Capabilities;
  readonly members: readonly Member[];
}

/** A member serves users when a slot with traffic is healthy. */
export function inService(member: Member): boolean {
  return Object.values(member.slots).some((slot) => slot.healthy && slot.share > 0);
}

/** What the member's users get. */
export function servedRelease(member: Member): ReleaseId | null {
  return Object.values(member.slots).find((slot) => slot.healthy && slot.share > 0)?.release ?? null;
}

/** The slot where a release runs and is healthy, and is there to stay; of two, the one with more traffic. */
export function slotRunning(member: Member, release: ReleaseId): SlotName | undefined {
  const share = (name: SlotName): number => member.slots[name]?.share ?? 0;
  return slotNames(member)
    .toSorted((a, b) => share(b) - share(a))
    .find((name) => {
      const slot = member.slots[name];
      return slot?.healthy === true && sameRelease(slot.release, release) && slot.becoming === undefined;
    });
}

/** Version, process, health and traffic are as they shall be; out of service is right where an operator wants it. */
export function satisfies(member: Member, release: ReleaseId): boolean {
  const name = slotRunning(member, release);
  return name !== undefined && (member.drainedByOperator || member.slots[name]?.share === 100);
}

/** Members that are not as the release asks. Of two groups of hosts, one serves and the other one idles. */
export function notSatisfied(topology: Topology, release: ReleaseId): readonly Member[] {
  const done = topology.members.filter((member) => satisfies(member, release));
  const serving = new Set(done.filter((member) => !member.drainedByOperator).flatMap(slotNames));
  const idles = (member: Member): boolean =>
    serving.size > 0 && slotNames(member).every((name) => !serving.has(name) && (member.slots[name]?.share ?? 0) === 0);
  return topology.members.filter((member) => !done.includes(member) && !idles(member));
}

/** The slot that serves the member's users, else the one that has their traffic, else the one that runs something. */
export function liveSlot(member: Member): SlotName | undefined {
  const names = slotNames(member);
  const routed = (name: SlotName): boolean => (member.slots[name]?.share ?? 0) > 0;
  const healthy = (name: SlotName): boolean => member.slots[name]?.healthy === true;
  return names.find((name) => routed(name) && healthy(name)) ?? names.find(routed) ?? names.find(healthy);
}

function slotNames(member: Member): readonly SlotName[] {
  return Object.keys(member.slots) as SlotName[];
}
