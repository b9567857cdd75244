import { isProblems, type Problem } from '@slipway/kernel/errors';
import { ids, respected } from './in-place.ts';
import type { BlueGreenRequest, Plan, Step } from './plan.ts';
import { refuseOneByOne, refuseOneSlot } from './refusals.ts';
import { bringUp, capacityFor, isSettled, retireSide, routed, shiftTo, sidesFor } from './sides.ts';
import { meaningful } from './steps.ts';
import type { Topology } from './topology.ts';

/**
 * The idle side comes up in full size, is proved and checked while no user sees it, and takes all traffic at one moment.
 * The side that is left stays as it is for an instant way back, or is retired.
 */
export function planBlueGreen(request: BlueGreenRequest, topology: Topology): Plan | readonly Problem[] {
  const problems = [...refuseOneSlot(request.strategy, topology), ...refuseOneByOne(topology)];
  if (problems.length > 0) return problems;
  const { release, soakMs } = request;
  const sides = sidesFor(topology, release);
  const { incoming, outgoing, members } = sides;
  const whole = isSettled(sides, topology) ? [] : [...bringUp(sides, request, topology), ...switchOver()];
  const steps = request.until === 'end' ? whole : whole.slice(0, firstSwitch(whole));
  const capacity = capacityFor(sides, request, steps, topology);
  if (isProblems(capacity)) return capacity;
  return {
    strategy: 'blue-green',
    release,
    incoming,
    steps,
    minAvailable: capacity.minAvailable,
    notes: [...respected(members), ...capacity.notes],
  };

  function switchOver(): readonly Step[] {
    const soak: Step = { kind: 'soak', members: ids(routed(members)), release, forMs: soakMs };
    return meaningful([
      shiftTo(topology, { [incoming]: 100, [outgoing]: 0 }),
      ...(soakMs > 0 ? [soak] : []),
      ...(request.keepWarm ? [] : [retireSide(topology, outgoing)]),
    ]);
  }

  function firstSwitch(all: readonly Step[]): number {
    const at = all.findIndex((step) => step.kind === 'shift' && step.shares[incoming] === 100);
    return at < 0 ? all.length : at;
  }
}
