import { isProblems, type Problem } from '@slipway/kernel/errors';
import { planCanaryInPlace } from './canary-in-place.ts';
import { ids, respected } from './in-place.ts';
import type { CanaryRequest, CanaryStep, Plan, Step } from './plan.ts';
import { refuseMixed, refuseOneSlot } from './refusals.ts';
import { bringUp, capacityFor, isSettled, retireSide, routed, sidesFor, splitTraffic } from './sides.ts';
import { meaningful, stepsAfter } from './steps.ts';
import type { Topology } from './topology.ts';

/**
 * Few users first: the release comes up beside the one that serves, gets a small share, is watched, is proved again,
 * gets more. With one slot a member, the share is that of the members that are replaced.
 */
export function planCanary(request: CanaryRequest, topology: Topology): Plan | readonly Problem[] {
  const mixed = refuseMixed(request, topology);
  if (mixed.length > 0) return mixed;
  if (topology.capabilities.slots === 1) return planCanaryInPlace(request, topology);
  const problems = refuseOneSlot(request.strategy, topology);
  return problems.length > 0 ? problems : planBySlots(request, topology);
}

function planBySlots(request: CanaryRequest, topology: Topology): Plan | readonly Problem[] {
  const { release } = request;
  const sides = sidesFor(topology, release);
  const { incoming, outgoing, members } = sides;
  // Where nobody is served there is nobody to be careful with.
  const ahead = sides.served ? stepsAfter(sides.share, request.steps) : [{ percent: 100, soakMs: 0 }];
  const wanted = request.until === 'end' ? ahead : ahead.slice(0, sides.share > 0 ? 0 : 1);
  const steps = isSettled(sides, topology)
    ? []
    : [...bringUp(sides, request, topology), ...wanted.flatMap(climb), ...(request.until === 'end' ? leave() : [])];
  const capacity = capacityFor(sides, request, steps, topology);
  if (isProblems(capacity)) return capacity;
  return {
    strategy: 'canary',
    release,
    incoming,
    steps,
    minAvailable: capacity.minAvailable,
    notes: [...respected(members), ...capacity.notes],
  };

  function climb({ percent, soakMs }: CanaryStep, index: number): readonly Step[] {
    const watched = ids(routed(members));
    return meaningful([
      // What was healthy before the soak need not be so after it.
      { kind: 'probe', members: index > 0 ? watched : [], slot: incoming, release },
      ...splitTraffic(sides, percent, topology),
      { kind: 'soak', members: soakMs > 0 ? watched : [], release, forMs: soakMs },
    ]);
  }

  function leave(): readonly Step[] {
    return request.keepWarm ? [] : meaningful([retireSide(topology, outgoing)]);
  }
}
