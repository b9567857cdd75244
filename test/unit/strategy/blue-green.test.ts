import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeProblem, isProblems } from '@slipway/kernel/errors';
import type { BlueGreenRequest, Plan } from '@slipway/strategy/plan';
import { plan } from '@slipway/strategy/planner';
import type { Topology } from '@slipway/strategy/topology';
import { unwind } from '@slipway/strategy/unwind';
import { aRelease } from '../../support/releases.ts';
import { aMember, aSlot, aTopology, NEW } from '../../support/topologies.ts';

const live = aSlot('v2');
const empty = aSlot(null, { share: 0 });
const warm = aSlot('v1', { share: 0 });
const together = { slots: 2, shifts: 'together', weights: 'exact' } as const;
const ids = ['id-a', 'id-b'];

function fleet(blue = live, green = empty): Topology {
  return aTopology(
    ['a', 'b'].map((name) => ({ ...aMember(name, blue), slots: { blue, green } })),
    together,
  );
}

test('the idle side comes up whole, is checked, and takes all users at one moment', () => {
  const { steps, incoming } = planned(fleet(), { checks: true, soakMs: 5_000, keepWarm: false });

  assert.equal(incoming, 'green');
  assert.deepEqual(steps, [
    { kind: 'stage', members: ids, release: NEW },
    { kind: 'start', members: ids, slot: 'green', release: NEW },
    { kind: 'probe', members: ids, slot: 'green', release: NEW },
    { kind: 'check', members: ids, slot: 'green', release: NEW },
    { kind: 'shift', members: ids, shares: { green: 100, blue: 0 } },
    { kind: 'soak', members: ids, release: NEW, forMs: 5_000 },
    { kind: 'retire', members: ids, slot: 'blue' },
  ]);
});

test('what is kept warm is one switch away', () => {
  const { steps } = planned(fleet(live, aSlot('v3', { share: 0 })));

  assert.deepEqual(steps, [
    { kind: 'probe', members: ids, slot: 'green', release: NEW },
    { kind: 'shift', members: ids, shares: { green: 100, blue: 0 } },
  ]);
});

test('the next deployment reuses the idle side, whatever is warm there', () => {
  const { steps } = planned(fleet(warm, live));

  assert.deepEqual(steps[1], { kind: 'start', members: ids, slot: 'blue', release: NEW });
});

test('what is begun ends before any user is moved', () => {
  const { steps } = planned(fleet(), { until: 'first-step' });

  assert.deepEqual(
    steps.map(({ kind }) => kind),
    ['stage', 'start', 'probe'],
  );
});

test('one group of hosts serves and the other one idles', () => {
  const groups = aTopology(
    [
      { ...aMember('a', live), slots: { blue: live } },
      { ...aMember('b', empty), slots: { green: empty } },
    ],
    together,
  );

  const { steps } = planned(groups);

  assert.deepEqual(
    steps.map(({ kind, members }) => [kind, ...members]),
    [
      ['stage', 'id-b'],
      ['start', 'id-b'],
      ['probe', 'id-b'],
      ['shift', 'id-a', 'id-b'],
    ],
  );
});

test('the way back after the switch proves the old side, then moves all users, then restores what was warm', () => {
  const before = fleet(live, warm);
  const forward = planned(before);

  const back = unwind(forward, before, forward.steps.length - 1);

  assert.deepEqual(back, [
    { kind: 'probe', members: ids, slot: 'blue', release: aRelease('v2') },
    { kind: 'shift', members: ids, shares: { green: 0, blue: 100 } },
    { kind: 'start', members: ids, slot: 'green', release: aRelease('v1') },
    { kind: 'probe', members: ids, slot: 'green', release: aRelease('v1') },
  ]);
});

test('before the switch only the idle side is taken back', () => {
  const before = fleet();

  assert.deepEqual(unwind(planned(before), before, 2), [{ kind: 'retire', members: ids, slot: 'green' }]);
});

const refused: readonly [string, Topology, RegExp][] = [
  ['one slot', aTopology([aMember('a', live)]), /needs two slots/],
  ['a router that is told of each server', aTopology(fleet().members, { slots: 2 }), /cannot move at one moment/],
  ['no router', aTopology(fleet().members, { ...together, weights: 'none' }), /needs a balancer/],
];
for (const [name, topology, why] of refused) {
  test(`${name} is refused, with the line to write`, () => {
    const result = plan(aBlueGreen(), topology);

    assert.ok(isProblems(result));
    assert.match(result.map(describeProblem).join('\n'), why);
    assert.match(result.map(describeProblem).join('\n'), /fix: /);
  });
}

function planned(topology: Topology, overrides: Partial<BlueGreenRequest> = {}): Plan {
  const result = plan(aBlueGreen(overrides), topology);
  assert.ok(!isProblems(result), JSON.stringify(result));
  return result;
}

function aBlueGreen(overrides: Partial<BlueGreenRequest> = {}): BlueGreenRequest {
  return {
    strategy: 'blue-green',
    release: NEW,
    minAvailable: { kind: 'percent', percent: 100 },
    allowDowntime: false,
    soakMs: 0,
    checks: false,
    keepWarm: true,
    until: 'end',
    ...overrides,
  };
}
