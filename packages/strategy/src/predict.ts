import type { Step } from './plan.ts';
import type { Capabilities, Member, SlotName, SlotState, Topology } from './topology.ts';

const EMPTY: SlotState = { release: null, healthy: false, share: 0 };

/**
 * What a topology is once a step was done. Of a member that failed nothing good is assumed: it counts as out of
 * service, unless the step changes nothing that runs.
 */
export function predict(topology: Topology, step: Step, failed: ReadonlySet<string> = new Set()): Topology {
  const concerned = new Set(step.members);
  const after = (member: Member): Member => {
    if (!concerned.has(member.id)) return member;
    if (!failed.has(member.id)) return done(member, step, topology.capabilities);
    return CHANGES_NOTHING_THAT_RUNS.has(step.kind) ? member : outOfService(member);
  };
  return { ...topology, members: topology.members.map(after) };
}

const CHANGES_NOTHING_THAT_RUNS: ReadonlySet<Step['kind']> = new Set(['stage', 'migrate', 'check', 'soak']);

function done(member: Member, step: Step, { replaces }: Capabilities): Member {
  switch (step.kind) {
    case 'stage':
    case 'migrate':
    case 'check':
    case 'soak':
      return member;
    case 'start':
      return withSlot(member, step.slot, (slot) =>
        replaces === 'gradually' && slot.healthy
          ? { ...slot, becoming: step.release }
          : { release: step.release, healthy: false, share: slot.share },
      );
    case 'probe':
      return withSlot(member, step.slot, ({ share }) => ({ release: step.release, healthy: true, share }));
    case 'retire':
      return withSlot(member, step.slot, stopped);
    case 'shift':
      // Of two groups of hosts each has a slot of its own.
      return (Object.entries(step.shares) as [SlotName, number][]).reduce(
        (changed, [name, share]) =>
          member.slots[name] === undefined ? changed : withSlot(changed, name, (slot) => ({ ...slot, share })),
        member,
      );
  }
}

function outOfService(member: Member): Member {
  const names = Object.keys(member.slots) as SlotName[];
  return names.reduce((changed, name) => withSlot(changed, name, stopped), member);
}

function stopped({ release, share }: SlotState): SlotState {
  return { release, healthy: false, share };
}

function withSlot(member: Member, name: SlotName, change: (slot: SlotState) => SlotState): Member {
  return { ...member, slots: { ...member.slots, [name]: change(member.slots[name] ?? EMPTY) } };
}
