import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeProblem, isProblems } from '@slipway/kernel/errors';
import type { CanaryRequest, Plan } from '@slipway/strategy/plan';
import { plan } from '@slipway/strategy/planner';
import type { Topology } from '@slipway/strategy/topology';
import { unwind } from '@slipway/strategy/unwind';
import { aMember, aSlot, aTopology, NEW } from '../../support/topologies.ts';

const live = aSlot('v2');
const empty = aSlot(null, { share: 0 });
const ids = ['id-a', 'id-b'];

function sides(blue = live, green = empty): Topology {
  return aTopology(
    ['a', 'b'].map((name) => ({ ...aMember(name, blue), slots: { blue, green } })),
    { slots: 2, shifts: 'together', weights: 'exact' },
  );
}

function shares({ steps }: Plan): readonly unknown[] {
  return steps.flatMap((step) => (step.kind === 'shift' ? [step.shares] : []));
}

test('few users first, watched, proved again, then more', () => {
  const { steps } = planned(sides());

  assert.deepEqual(steps.slice(3), [
    { kind: 'shift', members: ids, shares: { green: 5, blue: 95 } },
    { kind: 'soak', members: ids, release: NEW, forMs: 120_000 },
    { kind: 'probe', members: ids, slot: 'green', release: NEW },
    { kind: 'shift', members: ids, shares: { green: 25, blue: 75 } },
    { kind: 'soak', members: ids, release: NEW, forMs: 300_000 },
    { kind: 'probe', members: ids, slot: 'green', release: NEW },
    { kind: 'shift', members: ids, shares: { green: 100, blue: 0 } },
  ]);
});

test('a canary that was begun goes on where it is', () => {
  const begun = sides(aSlot('v2', { share: 95 }), aSlot('v3', { share: 5 }));

  assert.deepEqual(shares(planned(begun)), [
    { green: 25, blue: 75 },
    { green: 100, blue: 0 },
  ]);
});

test('beginning ends with the first few users', () => {
  assert.deepEqual(shares(planned(sides(), { until: 'first-step' })), [{ green: 5, blue: 95 }]);
});

test('where nobody is served yet there is nobody to be careful with', () => {
  assert.deepEqual(shares(planned(sides(aSlot(null, { share: 100 }), empty))), [{ green: 100, blue: 0 }]);
});

test('what fails is left by its users first, and then stopped', () => {
  const before = sides();

  assert.deepEqual(unwind(planned(before), before, 4), [
    { kind: 'shift', members: ids, shares: { green: 0, blue: 100 } },
    { kind: 'retire', members: ids, slot: 'green' },
  ]);
});

test('a canary of an earlier run that fails goes to nothing, not to where it was found', () => {
  const begun = sides(aSlot('v2', { share: 95 }), aSlot('v3', { share: 5 }));

  assert.deepEqual(unwind(planned(begun), begun, 1), [
    { kind: 'shift', members: ids, shares: { green: 0, blue: 100 } },
    { kind: 'retire', members: ids, slot: 'green' },
  ]);
});

test('with one slot the canary are members, and the real share is said', () => {
  const four = aTopology(['a', 'b', 'c', 'd'].map((name) => aMember(name, live)));

  const { steps, notes } = planned(four);

  assert.deepEqual(
    steps.flatMap((step) => (step.kind === 'start' || step.kind === 'soak' ? [[step.kind, ...step.members]] : [])),
    [
      ['start', 'id-a'],
      ['soak', 'id-a'],
      ['start', 'id-b'],
      ['start', 'id-c'],
      ['start', 'id-d'],
    ],
  );
  assert.deepEqual(
    steps.flatMap((step) => (step.kind === 'soak' ? [step.forMs] : [])),
    [420_000],
    'two steps that are the same members here are one, watched for both their times',
  );
  assert.equal(notes.length, 1, 'only the batch was lowered: one of four is the 25 % that was asked for');
});

test('old and new at the same time are refused where they must never meet', () => {
  const result = plan(aCanary({ mixedVersions: 'forbidden' }), sides());

  assert.ok(isProblems(result));
  assert.match(result.map(describeProblem).join(), /strategy: blue-green/);
});

test('one member alone is no canary', () => {
  const result = plan(aCanary(), aTopology([aMember('a', live)]));

  assert.ok(isProblems(result));
  assert.match(result.map(describeProblem).join(), /needs a second slot/);
});

function planned(topology: Topology, overrides: Partial<CanaryRequest> = {}): Plan {
  const result = plan(aCanary(overrides), topology);
  assert.ok(!isProblems(result), JSON.stringify(result));
  return result;
}

function aCanary(overrides: Partial<CanaryRequest> = {}): CanaryRequest {
  return {
    strategy: 'canary',
    release: NEW,
    minAvailable: { kind: 'percent', percent: 75 },
    allowDowntime: false,
    steps: [
      { percent: 5, soakMs: 120_000 },
      { percent: 25, soakMs: 300_000 },
      { percent: 100, soakMs: 0 },
    ],
    checks: false,
    keepWarm: true,
    mixedVersions: 'allowed',
    until: 'end',
    ...overrides,
  };
}
