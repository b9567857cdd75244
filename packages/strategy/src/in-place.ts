import type { ReleaseId } from '@slipway/kernel/release';
import type { Step } from './plan.ts';
import { chunked, grouped, meaningful, sharesFor } from './steps.ts';
import { type Capabilities, inService, liveSlot, type Member, type SlotName, slotRunning } from './topology.ts';

/** Members that are replaced, in batches of at most so many, before what was brought up by then is watched for a time. */
export interface Wave {
  readonly batches: readonly (readonly Member[])[];
  readonly soakMs: number;
}

/**
 * Replaces members where they are: all is staged first, so that bad bytes or a full disk show before any traffic moves,
 * then batch by batch drain, start, probe and full traffic. `ready` members run the release already and only lack traffic.
 */
export function replaceInPlace(
  waves: readonly Wave[],
  ready: readonly Member[],
  release: ReleaseId,
  capabilities: Capabilities,
): readonly Step[] {
  const gradually = capabilities.replaces === 'gradually';
  const up: Member[] = [...ready];
  const steps = [
    { kind: 'stage', members: ids(waves.flatMap(({ batches }) => batches.flat())), release } as const,
    ...bringIn(ready),
    ...waves.flatMap(inWave),
  ];
  return meaningful(steps);

  function inWave({ batches, soakMs }: Wave): readonly Step[] {
    up.push(...batches.flat());
    const soak: Step = { kind: 'soak', members: ids(up), release, forMs: soakMs };
    return [...batches.flatMap((batch) => [...replace(batch), ...bringIn(batch)]), ...(soakMs > 0 ? [soak] : [])];
  }

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

/** As many batches as it takes; the sizes in their order, the last one for all that follow. */
export function inBatches(members: readonly Member[], sizes: readonly number[]): readonly (readonly Member[])[] {
  const [size = 1, ...later] = sizes;
  if (members.length === 0) return [];
  if (later.length === 0) return chunked(members, size);
  return [members.slice(0, size), ...inBatches(members.slice(size), later)];
}

export function ids(members: readonly Member[]): readonly string[] {
  return members.map((member) => member.id);
}

export function respected(members: readonly Member[]): readonly string[] {
  return members
    .filter((member) => member.drainedByOperator)
    .map(({ name }) => `${name} was drained by somebody else: it is brought up to date and stays out of service.`);
}
