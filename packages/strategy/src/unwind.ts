import type { ReleaseId } from '@slipway/kernel/release';
import type { Plan, Shares, Step } from './plan.ts';
import { grouped, meaningful, sharesFor } from './steps.ts';
import { type Capabilities, inService, type Member, type SlotName, type SlotState, type Topology } from './topology.ts';
import { unwindSide } from './unwind-side.ts';

/** A slot as it was before: what ran there, healthy. */
interface Old {
  readonly id: string;
  readonly slot: SlotName;
  readonly release: ReleaseId;
  readonly share: number;
  /** Another release was on its way there. */
  readonly unsettled: boolean;
}

/**
 * The way back to `before` once step `failedAt` of the plan was tried, on whichever of its members it took effect:
 * traffic first, process second, only what was touched, the failing batch first and then the earlier ones in reverse.
 * Members in `down` are known to be out of service and come first, since they cost no capacity.
 * What was down before ends stopped and without traffic, since nothing better is known of it. When nothing was in
 * service, members that were brought up in full stay: they are the last healthy version there is.
 */
export function unwind(
  plan: Plan,
  before: Topology,
  failedAt: number,
  down: ReadonlySet<string> = new Set(),
): readonly Step[] {
  if (plan.incoming !== undefined) return unwindSide(plan, plan.incoming, before, failedAt);
  const { capabilities } = before;
  const stopStart = capabilities.replaces === 'stop-start';
  const tried = plan.steps.slice(0, failedAt + 1);
  const started = startedSlots(tried);
  const shifted = new Set(tried.flatMap((step) => (step.kind === 'shift' ? step.members : [])));
  const kept = before.members.some(inService)
    ? new Set<string>()
    : broughtUp(plan.steps.slice(0, failedAt), capabilities);
  const batches = touched(tried, down).map((ids) => before.members.filter(({ id }) => ids.has(id) && !kept.has(id)));
  return meaningful(batches.flatMap(undo));

  function undo(members: readonly Member[]): readonly Step[] {
    const routed = capabilities.weights === 'none' ? [] : members.filter((member) => !member.drainedByOperator);
    const cleared = routed.filter((member) => !inService(member) || (stopStart && started.has(member.id)));
    const old = members.flatMap(oldSlots);
    const replaced = old.filter(isReplaced);
    const lost = members.filter(({ id }) => started.has(id) && !replaced.some((slot) => slot.id === id));
    return [
      { kind: 'shift', members: cleared.map(({ id }) => id), shares: sharesFor(null, capabilities) },
      ...bySlot(replaced).map(stepOf('start')),
      ...retire(lost.map(({ id }) => id)),
      ...bySlot(old.filter((slot) => slot.share > 0 || isReplaced(slot))).map(stepOf('probe')),
      ...giveBack(routed.filter((member) => inService(member) && shifted.has(member.id))),
    ];
  }

  /** By us, or about to be by a run before us: a probe would wait for what is on its way. */
  function isReplaced({ id, slot, share, unsettled }: Old): boolean {
    return started.get(id) === slot || (unsettled && share > 0);
  }

  function retire(members: readonly string[]): readonly Step[] {
    return grouped(members, (id) => started.get(id) ?? 'blue').map(([slot, ids]) => ({
      kind: 'retire',
      members: ids,
      slot,
    }));
  }
}

function startedSlots(tried: readonly Step[]): ReadonlyMap<string, SlotName> {
  return new Map(
    tried.flatMap((step) => (step.kind === 'start' ? step.members.map((id) => [id, step.slot] as const) : [])),
  );
}

/** Members by the last step that changed their traffic or process, the newest first: batches, in reverse. */
function touched(tried: readonly Step[], first: ReadonlySet<string>): readonly ReadonlySet<string>[] {
  const changes = tried.filter(({ kind }) => kind === 'start' || kind === 'shift').toReversed();
  const all = changes.flatMap((step) => step.members);
  const seen = new Set<string>();
  return [all.filter((id) => first.has(id)), ...changes.map((step) => step.members)].map((members) => {
    const batch = new Set(members.filter((id) => !seen.has(id)));
    for (const id of batch) seen.add(id);
    return batch;
  });
}

/** Members that were led through to the end: with full traffic, or healthy where there is no traffic to give. */
function broughtUp(done: readonly Step[], capabilities: Capabilities): ReadonlySet<string> {
  const ends = (step: Step): boolean =>
    capabilities.weights === 'none'
      ? step.kind === 'probe'
      : step.kind === 'shift' && Object.values(step.shares).some((share) => share > 0);
  return new Set(done.filter(ends).flatMap((step) => step.members));
}

function oldSlots(member: Member): readonly Old[] {
  const slots = Object.entries(member.slots) as [SlotName, SlotState][];
  return slots.flatMap(([slot, { healthy, release, share, becoming }]) =>
    healthy && release !== null ? [{ id: member.id, slot, release, share, unsettled: becoming !== undefined }] : [],
  );
}

function bySlot(old: readonly Old[]): readonly Old[][] {
  return grouped(old, ({ slot, release }) => `${slot} ${release.digest} ${release.config ?? ''}`).map(
    ([, group]) => group,
  );
}

function stepOf(kind: 'start' | 'probe'): (group: readonly Old[]) => Step {
  return (group) => {
    const { slot, release } = group[0] as Old;
    return { kind, members: group.map(({ id }) => id), slot, release };
  };
}

/** Shares as they were, as far as they reached something healthy. */
function giveBack(members: readonly Member[]): readonly Step[] {
  return grouped(members, (member) => JSON.stringify(sharesOf(member))).map(([, group]) => ({
    kind: 'shift',
    members: group.map(({ id }) => id),
    shares: sharesOf(group[0] as Member),
  }));
}

function sharesOf(member: Member): Shares {
  return Object.fromEntries(Object.entries(member.slots).map(([name, slot]) => [name, slot.healthy ? slot.share : 0]));
}
