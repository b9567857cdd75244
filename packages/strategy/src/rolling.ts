import { isProblems, type Problem } from '@slipway/kernel/errors';
import { roomFor } from './availability.ts';
import type { Plan, RollingRequest, Step } from './plan.ts';
import { chunked, grouped, meaningful, sharesFor } from './steps.ts';
import { inService, liveSlot, type Member, type SlotName, satisfies, slotRunning, type Topology } from './topology.ts';

/**
 * Batches of drain, start, probe and full traffic. Everything is staged first, so that bad bytes or a full disk show
 * before any traffic moves; what is down or drained comes first, since it costs no capacity. A target that replaces
 * gradually makes its own batches: it gets all members at once, and what serves is not drained.
 */
export function planRolling(request: RollingRequest, topology: Topology): Plan | readonly Problem[] {
  const { release } = request;
  const { capabilities } = topology;
  const todo = topology.members.filter((member) => !satisfies(member, release));
  const ready = todo.filter((member) => slotRunning(member, release) !== undefined);
  const restart = todo.filter((member) => !ready.includes(member));
  const serving = restart.filter(inService);
  const gradually = capabilities.replaces === 'gradually';
  const room = roomFor(request, topology, serving.length > 0 && !gradually);
  if (isProblems(room)) return room;

  const idle = restart.filter((member) => !serving.includes(member));
  const batches = gradually ? [restart] : [...chunked(idle, room.batch), ...chunked(serving, room.servingBatch)];
  return {
    strategy: 'rolling',
    release,
    steps: meaningful([
      { kind: 'stage', members: ids(restart), release },
      ...bringIn(ready),
      ...batches.flatMap((batch) => [...replace(batch), ...bringIn(batch)]),
    ]),
    minAvailable: room.minAvailable,
    notes: [...topology.members.filter((member) => member.drainedByOperator).map(respected), ...room.notes],
  };

  function replace(batch: readonly Member[]): readonly Step[] {
    // Down members always: a balancer may call them up before our probe does.
    const drained = gradually ? batch.filter((member) => !inService(member)) : batch;
    return [
      { kind: 'shift', members: ids(routed(drained)), shares: sharesFor(null, capabilities) },
      ...bySlot(batch).map(([slot, members]): Step => ({ kind: 'start', members: ids(members), slot, release })),
    ];
  }

  function bringIn(batch: readonly Member[]): readonly Step[] {
    return [
      ...bySlot(batch).map(([slot, members]): Step => ({ kind: 'probe', members: ids(members), slot, release })),
      ...bySlot(routed(batch)).map(
        ([slot, members]): Step => ({
          kind: 'shift',
          members: ids(members.filter((member) => !keepsTraffic(member, slot))),
          shares: sharesFor(slot, capabilities),
        }),
      ),
    ];
  }

  function keepsTraffic(member: Member, slot: SlotName): boolean {
    return gradually && inService(member) && member.slots[slot]?.share === 100;
  }

  function bySlot(members: readonly Member[]): readonly (readonly [SlotName, Member[]])[] {
    return grouped(members, (member) => slotRunning(member, release) ?? liveSlot(member) ?? 'blue');
  }

  function routed(members: readonly Member[]): readonly Member[] {
    return capabilities.weights === 'none' ? [] : members.filter((member) => !member.drainedByOperator);
  }
}

function ids(members: readonly Member[]): readonly string[] {
  return members.map((member) => member.id);
}

function respected(member: Member): string {
  return `${member.name} was drained by somebody else: it is brought up to date and stays out of service.`;
}
