import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveAmount } from '@slipway/kernel/amount';
import { isProblems } from '@slipway/kernel/errors';
import type { DeployRequest, Plan, Step } from '@slipway/strategy/plan';
import { plan } from '@slipway/strategy/planner';
import { predict } from '@slipway/strategy/predict';
import {
  inService,
  type Member,
  notSatisfied,
  type SlotName,
  type SlotState,
  servedRelease,
  type Topology,
} from '@slipway/strategy/topology';
import { unwind } from '@slipway/strategy/unwind';
import * as fc from 'fast-check';
import { capacity, simulate } from '../../support/simulate.ts';
import { anyBlueGreen, anyCanary, anyRolling, anyTopology, anyTwoSlots, NEW } from '../../support/topologies.ts';

// Every law with thousands of plans. A failure prints the seed and the smallest topology that breaks the law.
const numRuns = 2_500;

interface Case {
  readonly before: Topology;
  readonly request: DeployRequest;
  readonly planned: Plan;
}

/** Random topologies that the planner does not refuse, with their plans. */
const anyCase: fc.Arbitrary<Case> = fc
  .oneof(
    fc.tuple(anyTopology, fc.oneof({ weight: 3, arbitrary: anyRolling }, { weight: 1, arbitrary: anyCanary })),
    fc.tuple(anyTwoSlots, fc.oneof(anyBlueGreen, anyCanary)),
  )
  .map(([before, request]) => ({ before, request, planned: plan(request, before) }))
  .filter((sample): sample is Case => !isProblems(sample.planned));

test('the plan ends with every member as asked, and then there is nothing left to do', () => {
  fc.assert(
    fc.property(anyCase.filter(goesToTheEnd), (sample) => {
      const after = states(sample).at(-1) ?? sample.before;

      assert.deepEqual(notSatisfied(after, NEW), []);
      const again = plan(sample.request, after);
      assert.ok(!isProblems(again));
      assert.deepEqual(again.steps, []);
    }),
    { numRuns },
  );
});

test('nothing gets traffic unprobed, the share of the new release never falls, capacity stays as promised', () => {
  fc.assert(
    fc.property(anyCase, (sample) => {
      assertProbedFirst(sample.before, sample.planned.steps);
      const { incoming } = sample.planned;
      let share = firstShare(sample);
      for (const state of states(sample).slice(1)) {
        assert.ok(capacity(state) >= sample.planned.minAvailable);
        const now = shareOfNew(state, incoming);
        assert.ok(now >= share, `the share falls from ${share} to ${now}`);
        share = now;
      }
    }),
    { numRuns },
  );
});

test('what is begun ends before users are moved, or with the first few of them', () => {
  const anyBegun = anyCase.filter((sample) => !goesToTheEnd(sample));
  fc.assert(
    fc.property(anyBegun, ({ request, planned, before }) => {
      const rises = planned.steps.filter((step) => step.kind === 'shift' && Object.values(step.shares).includes(100));
      if (request.strategy !== 'blue-green' || planned.incoming === undefined) return;
      const clears = rises.filter((step) => step.kind === 'shift' && step.shares[planned.incoming as SlotName] === 0);
      assert.equal(rises.length, clears.length, 'users are moved');
      assert.ok(before.capabilities.slots === 2);
    }),
    { numRuns: 500 },
  );
});

test('the promise is what was asked for, unless less was in service or downtime was allowed', () => {
  fc.assert(
    fc.property(anyCase, ({ before, request, planned }) => {
      const { incoming } = planned;
      const side = before.members.filter((member) => incoming === undefined || member.slots[incoming] !== undefined);
      const asked = Math.max(1, resolveAmount(request.minAvailable, side.length));
      const promised = Math.min(asked, capacity(before));

      if (request.allowDowntime) assert.ok(planned.minAvailable <= promised);
      else assert.equal(planned.minAvailable, promised);
    }),
    { numRuns },
  );
});

test('a target that replaces gradually is never refused, in no batches, and what serves is not drained', () => {
  const anyGradual = fc
    .tuple(anyTopology, anyRolling)
    .filter(([before]) => before.capabilities.replaces === 'gradually')
    .map(([before, request]) => ({ before, request, planned: plan(request, before) }));
  fc.assert(
    fc.property(anyGradual, (sample) => {
      const { before, planned } = sample;
      assert.ok(!isProblems(planned));
      const started = planned.steps.flatMap((step) => (step.kind === 'start' ? [step.slot] : []));
      assert.equal(started.length, new Set(started).size);
      for (const state of states({ ...sample, planned })) {
        assert.ok(
          before.members.filter(inService).every(({ id }) => state.members.find((m) => m.id === id && inService(m))),
        );
      }
    }),
    { numRuns },
  );
});

test('where all users move together, they move at one moment, to a side that is proved in full size', () => {
  const anyMove = fc
    .tuple(anyTwoSlots, anyBlueGreen)
    .map(([before, request]) => ({ before, request, planned: plan(request, before) }))
    .filter((sample): sample is typeof sample & Case => !isProblems(sample.planned) && goesToTheEnd(sample));
  fc.assert(
    fc.property(anyMove, (sample) => {
      const { planned } = sample;
      const { incoming } = planned;
      assert.ok(incoming !== undefined);
      const moves = planned.steps.filter((step) => step.kind === 'shift' && step.shares[incoming] === 100);
      const [move] = moves;
      if (move === undefined) return;
      assert.equal(moves.length, 1);
      const at = planned.steps.indexOf(move);
      const then = states(sample)[at + 1];
      for (const member of then?.members ?? []) {
        const slot = member.slots[incoming];
        if (slot !== undefined)
          assert.ok(slot.healthy && slot.release?.digest === NEW.digest, `${member.name} is not ready`);
      }
    }),
    { numRuns },
  );
});

test('the product foresees what each step does', () => {
  fc.assert(
    fc.property(anyCase, (sample) => {
      const seen = states(sample);

      for (const [i, step] of sample.planned.steps.entries()) {
        assert.deepEqual(predict(seen[i] ?? sample.before, step), seen[i + 1]);
      }
    }),
    { numRuns },
  );
});

test('unwinding from any step, done on any of its members, ends as it began', () => {
  const coins = fc.array(fc.boolean(), { minLength: 9, maxLength: 9 });
  const anyFailure = fc
    .record({ sample: anyCase, at: fc.nat(), coins, downFirst: fc.boolean() })
    .filter(({ sample }) => sample.planned.steps.length > 0);
  fc.assert(
    fc.property(anyFailure, ({ sample, at, coins: tossed, downFirst }) => {
      const { before, planned } = sample;
      const failedAt = at % planned.steps.length;
      const whole = states(sample)[failedAt] ?? before;
      const broken = planned.steps[failedAt];
      assert.ok(broken !== undefined);
      const together = broken.kind === 'shift' && before.capabilities.shifts === 'together';
      const partly = broken.members.filter((_, i) => tossed[together ? 0 : i]);

      let state = simulate(whole, broken, partly);
      const down = new Set(state.members.filter((member) => !inService(member)).map((member) => member.id));
      const back = downFirst ? unwind(planned, before, failedAt, down) : unwind(planned, before, failedAt);
      assertProbedFirst(state, back);
      for (const step of back) {
        state = simulate(state, step);
        assert.ok(capacity(state) >= planned.minAvailable, 'unwinding costs capacity');
      }

      if (capacity(before) === 0) assertKept(whole, state, planned.incoming);
      else if (goesOn(sample)) assertLeft(state, planned.incoming);
      else assertAsBefore(before, state);
    }),
    { numRuns: 2 * numRuns },
  );
});

/** Every state that the fleet goes through, the first one included. */
function states({ before, planned }: Pick<Case, 'before' | 'planned'>): readonly Topology[] {
  const seen = [before];
  for (const step of planned.steps) seen.push(simulate(seen.at(-1) ?? before, step));
  return seen;
}

function goesToTheEnd({ request }: Pick<Case, 'request'>): boolean {
  return request.strategy === 'rolling' || request.until === 'end';
}

/** A share that the release has on a side which is not whole is taken away before that side is brought up anew. */
function firstShare({ before, planned: { incoming, steps } }: Case): number {
  const first = steps[0];
  const clears = incoming !== undefined && first?.kind === 'shift' && first.shares[incoming] === 0;
  return shareOfNew(clears ? simulate(before, first) : before, incoming);
}

/** On one side, where a plan is about sides. */
function shareOfNew(topology: Topology, side: SlotName | undefined): number {
  return topology.members
    .flatMap(({ slots }) => (side === undefined ? Object.values(slots) : (slots[side] ?? [])))
    .filter((slot) => slot.healthy && slot.release?.digest === NEW.digest)
    .reduce((sum, slot) => sum + slot.share, 0);
}

/** The release had a part of the traffic already, on a whole side: an earlier run began it. */
function goesOn({ before, planned: { incoming } }: Case): boolean {
  if (incoming === undefined) return false;
  const other = incoming === 'blue' ? 'green' : 'blue';
  if (!before.members.some(({ slots: { [other]: slot } }) => slot?.healthy && slot.share > 0)) return false;
  return before.members
    .filter((member) => !member.drainedByOperator && member.slots[incoming] !== undefined)
    .every(({ slots: { [incoming]: slot } }) => slot?.healthy && slot.share > 0 && slot.release?.digest === NEW.digest);
}

/**
 * Whoever gets traffic from nothing was probed by the same list of steps: what was healthy some time ago proves nothing.
 * Where all move together, what was down before and was not touched stays behind the balancer's own check.
 */
function assertProbedFirst(first: Topology, steps: readonly Step[]): void {
  const probed = new Set<string>();
  const touched = new Set<string>();
  let state = first;
  for (const step of steps) {
    if (step.kind === 'probe') for (const id of step.members) probed.add(`${id} ${step.slot}`);
    if (step.kind === 'start') for (const id of step.members) touched.add(`${id} ${step.slot}`);
    if (step.kind === 'shift') {
      for (const member of state.members.filter(({ id }) => step.members.includes(id))) {
        for (const [name, share] of Object.entries(step.shares)) {
          const slot = member.slots[name as SlotName];
          const key = `${member.id} ${name}`;
          const rises = slot !== undefined && slot.share === 0 && share > 0;
          const wasDown = state.capabilities.shifts === 'together' && slot?.healthy === false && !touched.has(key);
          assert.ok(!rises || probed.has(key) || wasDown, `${key} was not probed`);
        }
      }
    }
    state = simulate(state, step);
  }
}

/** What users get, and what runs, is as it was; what was down is stopped, or was left alone. */
function assertAsBefore(before: Topology, after: Topology): void {
  for (const [member, now] of pairs(before, after)) {
    assert.equal(inService(now), inService(member));
    for (const name of ['blue', 'green'] as const) {
      const slot = member.slots[name];
      const gained = gainedFromNobody(before, name) ? { share: now.slots[name]?.share } : {};
      if (slot?.healthy === true) assert.deepEqual(settled(now.slots[name]), { ...settled(slot), ...gained });
      else assert.notEqual(now.slots[name]?.healthy, true);
    }
  }
}

/** What went to a side where nobody was healthy need not go there again. */
function gainedFromNobody({ capabilities, members }: Topology, side: SlotName): boolean {
  const other = side === 'blue' ? 'green' : 'blue';
  return (
    capabilities.shifts === 'together' &&
    !members.some(({ slots: { [other]: slot } }) => slot?.healthy && slot.share > 0)
  );
}

/** A canary that an earlier run began: nobody gets it any more. */
function assertLeft(after: Topology, incoming: SlotName | undefined): void {
  assert.equal(shareOfNew(after, incoming), 0);
}

/** What was on its way before may be given up. */
function settled(slot: SlotState | undefined): Partial<SlotState> {
  const { becoming: _, ...rest } = slot ?? {};
  return rest;
}

/** Nothing was in service at the start: what earlier batches brought up is all that users have, and stays. */
function assertKept(whole: Topology, after: Topology, incoming: SlotName | undefined): void {
  for (const [member, now] of pairs(whole, after)) {
    const served = servedRelease(member);
    // A proved side whose switch was half done may keep what it got of it.
    if (incoming === undefined || served !== null) assert.deepEqual(servedRelease(now), served);
    else assert.ok([undefined, NEW.digest].includes(servedRelease(now)?.digest));
  }
}

function pairs(a: Topology, b: Topology): readonly (readonly [Member, Member])[] {
  return a.members.map((member, i) => [member, b.members[i] ?? assert.fail(`${member.name} is gone`)]);
}
