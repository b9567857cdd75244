import { isProblems, type Problem } from '@slipway/kernel/errors';
import { roomFor } from './availability.ts';
import { inBatches, replaceInPlace, respected, type Wave } from './in-place.ts';
import type { Plan, RollingRequest } from './plan.ts';
import { refuseMixed, refuseTogether } from './refusals.ts';
import { inService, satisfies, slotRunning, type Topology } from './topology.ts';

/**
 * Batches of drain, start, probe and full traffic. What is down or drained comes first, since it costs no capacity. A
 * target that replaces gradually makes its own batches: it gets all members at once, and what serves is not drained.
 */
export function planRolling(request: RollingRequest, topology: Topology): Plan | readonly Problem[] {
  const { release, pauseMs } = request;
  const { capabilities, members } = topology;
  const todo = members.filter((member) => !satisfies(member, release));
  const ready = todo.filter((member) => slotRunning(member, release) !== undefined);
  const restart = todo.filter((member) => !ready.includes(member));
  const serving = restart.filter(inService);
  const gradually = capabilities.replaces === 'gradually';
  const problems = [...refuseTogether(topology), ...refuseMixed(request, topology)];
  if (problems.length > 0) return problems;
  const room = roomFor(request, topology, serving.length > 0 && !gradually);
  if (isProblems(room)) return room;

  const idle = inBatches(
    restart.filter((member) => !serving.includes(member)),
    room.batches,
  );
  const batches = gradually ? [restart] : [...idle, ...inBatches(serving, later(room.servingBatches, idle.length))];
  const waves = batches.map((batch, index): Wave => {
    return { batches: [batch], soakMs: index < batches.length - 1 ? pauseMs : 0 };
  });
  return {
    strategy: 'rolling',
    release,
    steps: replaceInPlace(waves, ready, release, capabilities),
    minAvailable: room.minAvailable,
    notes: [...respected(members), ...room.notes],
  };
}

/** The sizes once so many batches are through; the last one always stays. */
function later(sizes: readonly number[], through: number): readonly number[] {
  return sizes.slice(Math.min(through, sizes.length - 1));
}
