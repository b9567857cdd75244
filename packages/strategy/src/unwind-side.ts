import { sameRelease } from '@slipway/kernel/release';
import { ids } from './in-place.ts';
import type { Plan, Shares, Step } from './plan.ts';
import { otherSlot, routed, serves, shiftTo } from './sides.ts';
import { grouped, meaningful } from './steps.ts';
import { inService, type Member, type SlotName, type SlotState, type Topology } from './topology.ts';

/**
 * The way back of a plan that brings up a whole side: the traffic first, then what was started there. A side that had
 * lost all traffic is proved again before it gets it back. A canary that an earlier run began is left altogether. Where
 * nothing was in service before, a side that was brought up in full stays.
 */
export function unwindSide(plan: Plan, incoming: SlotName, before: Topology, failedAt: number): readonly Step[] {
  const outgoing = otherSlot(incoming);
  const tried = plan.steps.slice(0, failedAt + 1);
  const shifts = tried.flatMap((step) => (step.kind === 'shift' ? [step.shares] : []));
  const members = before.members.filter((member) => member.slots[incoming] !== undefined);
  const started = membersOf('start');
  const goesOn =
    before.members.some((member) => serves(member, outgoing)) &&
    routed(members).every((member) => runs(member) && serves(member, incoming));
  const arrived = plan.steps.slice(0, failedAt).some((step) => step.kind === 'shift' && step.shares[incoming] === 100);
  if (arrived && !before.members.some(inService)) return [];

  const had = shifts.length === 0 || goesOn ? [] : routed(members).filter((member) => serves(member, incoming));
  const served = before.members.filter((member) => serves(member, outgoing));
  const retired = membersOf('retire');
  const replaced = members.filter((member) => started.has(member.id) && member.slots[incoming]?.healthy === true);
  const lost = members.filter((member) => goesOn || (started.has(member.id) && !replaced.includes(member)));
  const stopped = before.members.filter((member) => retired.has(member.id) && member.slots[outgoing]?.healthy === true);
  return meaningful([
    ...again('start', stopped, outgoing),
    ...again('probe', union(shifts.some((shares) => shares[outgoing] === 0) ? served : [], stopped), outgoing),
    ...(goesOn || (shifts.length > 0 && (served.length > 0 || started.size > 0)) ? away() : []),
    ...again('start', replaced, incoming),
    { kind: 'retire', members: ids(lost), slot: incoming },
    ...again('probe', union(replaced, had), incoming),
    ...(had.length === 0 ? [] : asBefore()),
  ]);

  function membersOf(kind: 'start' | 'retire'): ReadonlySet<string> {
    return new Set(tried.flatMap((step) => (step.kind === kind ? step.members : [])));
  }

  function runs({ slots: { [incoming]: slot } }: Member): boolean {
    return slot?.healthy === true && sameRelease(slot.release, plan.release);
  }

  /** Nothing for the side that came up; the other one has all, or each member what it had. */
  function away(): readonly Step[] {
    if (before.capabilities.shifts === 'together') return [shiftTo(before, { [incoming]: 0, [outgoing]: 100 })];
    const share = (member: Member): number =>
      goesOn && serves(member, outgoing) ? 100 : shareBefore(member.slots[outgoing]);
    return byShares((member) => ({ [incoming]: 0, [outgoing]: share(member) }));
  }

  function asBefore(): readonly Step[] {
    if (before.capabilities.shifts === 'each') {
      return byShares((member) => ({
        [incoming]: shareBefore(member.slots[incoming]),
        [outgoing]: shareBefore(member.slots[outgoing]),
      }));
    }
    const share = shareIn(had[0] as Member, incoming);
    return [shiftTo(before, { [incoming]: share, [outgoing]: 100 - share })];
  }

  function byShares(of: (member: Member) => Shares): readonly Step[] {
    // What joins comes first, so that somebody always serves.
    const joins = (member: Member): number => of(member)[outgoing] ?? 0;
    const joining = before.members.toSorted((a, b) => joins(b) - joins(a));
    const groups = grouped(joining, (member) => JSON.stringify(of(member)));
    return groups.map(([, group]) => shiftTo({ ...before, members: group }, of(group[0] as Member)));
  }
}

/** What ran in the slot, in one step for each release. */
function again(kind: 'start' | 'probe', members: readonly Member[], slot: SlotName): readonly Step[] {
  const old = members.flatMap((member) => {
    const release = member.slots[slot]?.release ?? null;
    return release === null ? [] : [{ id: member.id, release }];
  });
  return grouped(old, ({ release }) => `${release.digest} ${release.config ?? ''}`).map(([, group]) => {
    return { kind, members: group.map(({ id }) => id), slot, release: (group[0] as (typeof old)[number]).release };
  });
}

function shareIn(member: Member, slot: SlotName): number {
  return member.slots[slot]?.share ?? 0;
}

/** As far as it reached something healthy. */
function shareBefore(slot: SlotState | undefined): number {
  return slot?.healthy === true ? slot.share : 0;
}

function union(a: readonly Member[], b: readonly Member[]): readonly Member[] {
  return [...a, ...b.filter((member) => !a.includes(member))];
}
