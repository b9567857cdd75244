import { isProblems, type Problem } from '@slipway/kernel/errors';
import { type Room, roomFor } from './availability.ts';
import { inBatches, replaceInPlace, respected, type Wave } from './in-place.ts';
import type { CanaryRequest, Plan } from './plan.ts';
import { refuseTogether } from './refusals.ts';
import { stepsAfter } from './steps.ts';
import { inService, type Member, satisfies, slotRunning, type Topology } from './topology.ts';

const ALL = { kind: 'percent', percent: 100 } as const;

/** The canary are members: so many are replaced and watched, then more. Their share of all members is the real share. */
export function planCanaryInPlace(request: CanaryRequest, topology: Topology): Plan | readonly Problem[] {
  const { release } = request;
  const { capabilities, members } = topology;
  const todo = members.filter((member) => !satisfies(member, release));
  const ready = todo.filter((member) => slotRunning(member, release) !== undefined);
  const restart = todo.filter((member) => !ready.includes(member));
  const serving = restart.filter(inService);
  const problems = [...refuseTogether(topology), ...refuseAlone(topology)];
  if (problems.length > 0) return problems;
  const room = roomFor({ ...request, batch: [ALL] }, topology, serving.length > 0);
  if (isProblems(room)) return room;

  const done = members.length - restart.length;
  const climbs = climbing(request, members.length, done);
  const order = [...restart.filter((member) => !serving.includes(member)), ...serving];
  const all = climbs.map(({ from, to, soakMs }): Wave => {
    return { batches: batchesOf(order.slice(from - done, to - done), room), soakMs };
  });
  const waves = request.until === 'end' ? all : all.slice(0, done > 0 ? 0 : 1);
  return {
    strategy: 'canary',
    release,
    steps: replaceInPlace(waves, ready, release, capabilities),
    minAvailable: room.minAvailable,
    notes: [...respected(members), ...room.notes, ...climbs.flatMap((climb) => realShare(climb, members.length))],
  };
}

/** From so many members to so many, for a step of so many percent. */
interface Climb {
  readonly from: number;
  readonly to: number;
  readonly percent: number;
  readonly soakMs: number;
}

/** The first step takes at least one member; one that would take no more than those before only watches them longer. */
function climbing({ steps }: CanaryRequest, total: number, done: number): readonly Climb[] {
  const climbs: Climb[] = [];
  for (const { percent, soakMs } of stepsAfter(0, steps)) {
    const last = climbs.at(-1);
    const from = last?.to ?? done;
    const to = Math.max(1, Math.floor((total * percent) / 100 + 1e-9));
    if (to > from) climbs.push({ from, to, percent, soakMs });
    else if (last !== undefined) climbs.splice(-1, 1, { ...last, percent, soakMs: last.soakMs + soakMs });
  }
  return climbs;
}

function realShare({ to, percent }: Climb, total: number): readonly string[] {
  const real = (100 * to) / total;
  return real === percent
    ? []
    : [`${percent} % of the traffic is ${to} of ${total} members here: ${real.toFixed(0)} %.`];
}

function batchesOf(chosen: readonly Member[], room: Room): readonly (readonly Member[])[] {
  const serving = chosen.filter(inService);
  const idle = chosen.filter((member) => !serving.includes(member));
  return [...inBatches(idle, [Math.max(1, idle.length)]), ...inBatches(serving, room.servingBatches)];
}

/** One member is all or nothing. */
function refuseAlone({ capabilities, members }: Topology): readonly Problem[] {
  if (capabilities.replaces === 'stop-start' && capabilities.weights !== 'none' && members.length > 1) return [];
  return [
    {
      what: 'A canary needs a second slot, or several members behind a balancer: here the traffic cannot be shared.',
      fix: '`slots: blue=8080 green=8081` and a `balancer`, or `strategy: rolling`',
    },
  ];
}
