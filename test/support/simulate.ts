import assert from 'node:assert/strict';
import type { Step } from '@slipway/strategy/plan';
import { inService, type Member, type SlotName, type Topology } from '@slipway/strategy/topology';

/**
 * What a step does to a fleet, on all its members or on some of them. Written apart from the product's own prediction,
 * and stricter: it throws where a request could be lost.
 */
export function simulate(topology: Topology, step: Step, ids: readonly string[] = step.members): Topology {
  const members = topology.members.map((member) =>
    ids.includes(member.id) ? applied(structuredClone(member), step, topology) : member,
  );
  return { ...topology, members };
}

export function capacity(topology: Topology): number {
  return topology.members.filter(inService).length;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function applied(member: Member, step: Step, { capabilities }: Topology): Member {
  const at = (name: SlotName): Mutable<NonNullable<Member['slots']['blue']>> => {
    const slot = member.slots[name];
    assert.ok(slot !== undefined, `${member.name} has no slot ${name}`);
    return slot;
  };
  const unused = (name: SlotName): void => {
    if (capabilities.weights === 'none') return;
    assert.ok(!(at(name).healthy && at(name).share > 0), `${member.name}: ${step.kind} under traffic`);
  };
  if (step.kind === 'start' && capabilities.replaces === 'gradually' && at(step.slot).healthy) {
    at(step.slot).becoming = step.release;
  } else if (step.kind === 'start') {
    unused(step.slot);
    Object.assign(at(step.slot), { release: step.release, healthy: false });
  } else if (step.kind === 'probe') {
    const { release, becoming = release } = at(step.slot);
    assert.deepEqual(becoming, step.release, `${member.name}: the probe looks for another release`);
    Object.assign(at(step.slot), { release: becoming, healthy: true });
    delete at(step.slot).becoming;
  } else if (step.kind === 'retire') {
    unused(step.slot);
    at(step.slot).healthy = false;
    delete at(step.slot).becoming;
  } else if (step.kind === 'shift') {
    assert.notEqual(capabilities.weights, 'none', 'there is nothing to shift with');
    assert.equal(member.drainedByOperator, false, `${member.name}: an operator keeps it out of service`);
    for (const [name, share] of Object.entries(step.shares) as [SlotName, number][]) {
      // Of two groups of hosts each has a slot of its own.
      if (member.slots[name] === undefined && capabilities.slots === 2) continue;
      // Where all move together, the balancer's own check keeps out what was down all the time.
      const may = share <= at(name).share || at(name).healthy || capabilities.shifts === 'together';
      assert.ok(may, `${member.name}: traffic for what was not probed`);
      at(name).share = share;
    }
  }
  return member;
}
