import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveAmount } from '@slipway/kernel/amount';
import { isProblems } from '@slipway/kernel/errors';
import type { Plan, RollingRequest, Step } from '@slipway/strategy/plan';
import { plan } from '@slipway/strategy/planner';
import { predict } from '@slipway/strategy/predict';
import {
  inService,
  type Member,
  type SlotState,
  satisfies,
  servedRelease,
  type Topology,
} from '@slipway/strategy/topology';
import { unwind } from '@slipway/strategy/unwind';
import * as fc from 'fast-check';
import { capacity, simulate } from '../../support/simulate.ts';
import { anyRequest, anyTopology, aRequest, NEW } from '../../support/topologies.ts';

// Six laws with 2,000 plans each. A failure prints the seed and the smallest topology that breaks the law.
const numRuns = 2_000;

interface Case {
  readonly before: Topology;
  readonly request: RollingRequest;
  readonly planned: Plan;
}

/** Random topologies that the planner does not refuse, with their plans. */
const anyCase: fc.Arbitrary<Case> = fc
  .tuple(anyTopology, anyRequest)
  .map(([before, request]) => ({ before, request, planned: plan(request, before) }))
  .filter((sample): sample is Case => !isProblems(sample.planned));

test('the plan ends with every member as asked, and then there is nothing left to do', () => {
  fc.assert(
    fc.property(anyCase, (sample) => {
      const after = states(sample).at(-1) ?? sample.before;

      assert.ok(after.members.every((member) => satisfies(member, NEW)));
      const again = plan(aRequest(), after);
      assert.ok(!isProblems(again));
      assert.deepEqual(again.steps, []);
    }),
    { numRuns },
  );
});

test('nothing gets traffic unprobed, the share of the new release never falls, capacity stays as promised', () => {
  fc.assert(
    fc.property(anyCase, (sample) => {
      assertProbedFirst(sample.planned.steps);
      let share = 0;
      for (const state of states(sample)) {
        assert.ok(shareOfNew(state) >= share, `the share falls from ${share} to ${shareOfNew(state)}`);
        assert.ok(capacity(state) >= sample.planned.minAvailable);
        share = shareOfNew(state);
      }
    }),
    { numRuns },
  );
});

test('the promise is what was asked for, unless less was in service or downtime was allowed', () => {
  fc.assert(
    fc.property(anyCase, ({ before, request, planned }) => {
      const asked = Math.max(1, resolveAmount(request.minAvailable, before.members.length));
      const promised = Math.min(asked, capacity(before));

      if (request.allowDowntime) assert.ok(planned.minAvailable <= promised);
      else assert.equal(planned.minAvailable, promised);
    }),
    { numRuns },
  );
});

test('a target that replaces gradually is never refused, in no batches, and what serves is not drained', () => {
  const anyGradual = fc
    .tuple(anyTopology, anyRequest)
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
      const partly = broken.members.filter((_, i) => tossed[i]);

      let state = simulate(whole, broken, partly);
      const down = new Set(state.members.filter((member) => !inService(member)).map((member) => member.id));
      const back = downFirst ? unwind(planned, before, failedAt, down) : unwind(planned, before, failedAt);
      assertProbedFirst(back);
      for (const step of back) {
        state = simulate(state, step);
        assert.ok(capacity(state) >= planned.minAvailable, 'unwinding costs capacity');
      }

      if (capacity(before) > 0) assertAsBefore(before, state);
      else assertKept(whole, state);
    }),
    { numRuns },
  );
});

/** Every state that the fleet goes through, the first one included. */
function states({ before, planned }: Case): readonly Topology[] {
  const seen = [before];
  for (const step of planned.steps) seen.push(simulate(seen.at(-1) ?? before, step));
  return seen;
}

function shareOfNew(topology: Topology): number {
  return topology.members
    .flatMap((member) => Object.values(member.slots))
    .filter((slot) => slot.healthy && slot.release?.digest === NEW.digest)
    .reduce((sum, slot) => sum + slot.share, 0);
}

/** Whoever gets traffic was probed by the same list of steps: what was healthy some time ago proves nothing. */
function assertProbedFirst(steps: readonly Step[]): void {
  const probed = new Set<string>();
  for (const step of steps) {
    if (step.kind === 'probe') for (const id of step.members) probed.add(`${id} ${step.slot}`);
    if (step.kind !== 'shift') continue;
    for (const [slot, share] of Object.entries(step.shares)) {
      for (const id of step.members) assert.ok(share === 0 || probed.has(`${id} ${slot}`), `${id} was not probed`);
    }
  }
}

/** What users get, and what runs, is as it was; what was down is stopped, or was left alone. */
function assertAsBefore(before: Topology, after: Topology): void {
  for (const [member, now] of pairs(before, after)) {
    assert.equal(inService(now), inService(member));
    for (const name of ['blue', 'green'] as const) {
      const slot = member.slots[name];
      if (slot?.healthy === true) assert.deepEqual(settled(now.slots[name]), settled(slot));
      else assert.notEqual(now.slots[name]?.healthy, true);
    }
  }
}

/** What was on its way before may be given up. */
function settled(slot: SlotState | undefined): Partial<SlotState> {
  const { becoming: _, ...rest } = slot ?? {};
  return rest;
}

/** Nothing was in service at the start: what earlier batches brought up is all that users have, and stays. */
function assertKept(whole: Topology, after: Topology): void {
  for (const [member, now] of pairs(whole, after)) assert.deepEqual(servedRelease(now), servedRelease(member));
}

function pairs(a: Topology, b: Topology): readonly (readonly [Member, Member])[] {
  return a.members.map((member, i) => [member, b.members[i] ?? assert.fail(`${member.name} is gone`)]);
}
