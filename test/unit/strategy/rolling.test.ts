import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeProblem, isProblems } from '@slipway/kernel/errors';
import type { Plan, RollingRequest } from '@slipway/strategy/plan';
import { plan } from '@slipway/strategy/planner';
import type { Topology } from '@slipway/strategy/topology';
import { aRelease } from '../../support/releases.ts';
import { aMember, aRequest, aSlot, aTopology, NEW } from '../../support/topologies.ts';

const all = { kind: 'percent', percent: 100 } as const;
const half = { kind: 'percent', percent: 50 } as const;
const old = aSlot('v2');
const fresh = aSlot('v3');
const down = aSlot('v2', { healthy: false });
const empty = aSlot(null, { share: 0 });

test('a batch is drained, started, probed and given its traffic, after everything was staged', () => {
  const fleet = aTopology([aMember('a', old), aMember('b', old), aMember('c', old), aMember('d', old)]);

  const { steps, minAvailable, notes } = planned(fleet, { batch: [half], minAvailable: half });

  assert.deepEqual(
    steps.map((step) => [step.kind, step.members.join(' ')]),
    [
      ['stage', 'id-a id-b id-c id-d'],
      ['shift', 'id-a id-b'],
      ['start', 'id-a id-b'],
      ['probe', 'id-a id-b'],
      ['shift', 'id-a id-b'],
      ['shift', 'id-c id-d'],
      ['start', 'id-c id-d'],
      ['probe', 'id-c id-d'],
      ['shift', 'id-c id-d'],
    ],
  );
  assert.deepEqual(steps[1], { kind: 'shift', members: ['id-a', 'id-b'], shares: { blue: 0 } });
  assert.deepEqual(steps[2], { kind: 'start', members: ['id-a', 'id-b'], slot: 'blue', release: NEW });
  assert.deepEqual(steps[4], { kind: 'shift', members: ['id-a', 'id-b'], shares: { blue: 100 } });
  assert.equal(minAvailable, 2);
  assert.deepEqual(notes, []);
});

const firsts: readonly [string, Topology, readonly string[]][] = [
  ['down', aTopology([aMember('a', old), aMember('b', down), aMember('c', old)]), ['id-b', 'id-a', 'id-c']],
  [
    'drained by a dead run',
    aTopology([aMember('a', old), aMember('b', aSlot('v2', { share: 0 })), aMember('c', old)]),
    ['id-b', 'id-a', 'id-c'],
  ],
  ['nothing yet', aTopology([aMember('a', old), aMember('b', empty), aMember('c', old)]), ['id-b', 'id-a', 'id-c']],
  ['done', aTopology([aMember('a', fresh), aMember('b', old), aMember('c', old)]), ['id-b', 'id-c']],
];
for (const [name, fleet, order] of firsts) {
  test(`members that are ${name} come first or not at all`, () => {
    const { steps } = planned(fleet);

    assert.deepEqual(
      steps.filter((step) => step.kind === 'start').flatMap((step) => step.members),
      order,
    );
  });
}

test('the right release that was only drained is probed and gets its traffic, nothing else', () => {
  const fleet = aTopology([aMember('a', fresh), aMember('b', aSlot('v3', { share: 0 }))]);

  assert.deepEqual(planned(fleet).steps, [
    { kind: 'probe', members: ['id-b'], slot: 'blue', release: NEW },
    { kind: 'shift', members: ['id-b'], shares: { blue: 100 } },
  ]);
});

test('what an operator drained is brought up to date and stays out of service', () => {
  const drained = aMember('b', aSlot('v2', { share: 0 }), { drainedByOperator: true });
  const fleet = aTopology([aMember('a', old), drained, aMember('c', old), aMember('d', old), aMember('e', old)]);

  const { steps, notes } = planned(fleet);

  assert.deepEqual(
    steps.filter((step) => step.members.includes('id-b')).map((step) => step.kind),
    ['stage', 'start', 'probe'],
  );
  assert.match(notes.join(), /^b was drained by somebody else: it is brought up to date and stays out of service\.$/);
});

test('the first deployment drains before it starts, batch by batch, and has nothing to keep available', () => {
  const { steps, minAvailable } = planned(aTopology(['a', 'b', 'c', 'd'].map((name) => aMember(name, empty))));

  assert.equal(minAvailable, 0);
  assert.deepEqual(steps[1], { kind: 'shift', members: ['id-a'], shares: { blue: 0 } });
  assert.equal(steps.filter((step) => step.kind === 'start').length, 4);
});

test('a batch is lowered to what may be out of service, and says so', () => {
  const { steps, notes } = planned(aTopology(['a', 'b', 'c', 'd'].map((name) => aMember(name, old))), {
    batch: [half],
  });

  assert.equal(steps.filter((step) => step.kind === 'start').length, 4);
  assert.deepEqual(notes, ['The batch is 1 and not 2: of 4 members in service 3 must stay.']);
});

test('on two slots the idle one that is ready takes over without a gap', () => {
  const member = { ...aMember('a', old), slots: { blue: old, green: aSlot('v3', { share: 0 }) } };

  assert.deepEqual(planned(aTopology([member], { slots: 2 })).steps, [
    { kind: 'probe', members: ['id-a'], slot: 'green', release: NEW },
    { kind: 'shift', members: ['id-a'], shares: { blue: 0, green: 100 } },
  ]);
});

test('without a balancer nothing is shifted', () => {
  const fleet = aTopology([aMember('a', old), aMember('b', old)], { weights: 'none' });

  const { steps } = planned(fleet, { allowDowntime: true });

  assert.deepEqual(
    steps.map((step) => step.kind),
    ['stage', 'start', 'probe', 'start', 'probe'],
  );
});

test('where a start replaces gradually, all members are started at once, and what serves is not drained', () => {
  const drained = aSlot('v2', { share: 0 });
  const fleet = aTopology([aMember('a', old), aMember('b', old), aMember('c', drained)], { replaces: 'gradually' });

  const { steps, minAvailable } = planned(fleet, { minAvailable: all });

  assert.deepEqual(steps, [
    { kind: 'stage', members: ['id-a', 'id-b', 'id-c'], release: NEW },
    { kind: 'shift', members: ['id-c'], shares: { blue: 0 } },
    { kind: 'start', members: ['id-a', 'id-b', 'id-c'], slot: 'blue', release: NEW },
    { kind: 'probe', members: ['id-a', 'id-b', 'id-c'], slot: 'blue', release: NEW },
    { kind: 'shift', members: ['id-c'], shares: { blue: 100 } },
  ]);
  assert.equal(minAvailable, 2);
});

test('a gradual start needs no router, and neither a second member', () => {
  const fleet = aTopology([aMember('a', old)], { replaces: 'gradually', weights: 'none' });

  const { steps, notes } = planned(fleet);

  assert.deepEqual(
    steps.map((step) => step.kind),
    ['stage', 'start', 'probe'],
  );
  assert.deepEqual(notes, []);
});

const halfway: readonly [string, string, string][] = [
  ['is on its way already', 'v2', 'v3'],
  ['serves, with another one on its way', 'v3', 'v2'],
];
for (const [what, serves, becomes] of halfway) {
  test(`a release that ${what} is started again and waited for`, () => {
    const slot = aSlot(serves, { becoming: aRelease(becomes) });

    const { steps } = planned(aTopology([aMember('a', slot)], { replaces: 'gradually', weights: 'none' }));

    assert.deepEqual(
      steps.map((step) => step.kind),
      ['stage', 'start', 'probe'],
    );
  });
}

const refused: readonly [string, Topology, Partial<RollingRequest>, RegExp][] = [
  ['no balancer', aTopology([aMember('a', old), aMember('b', old)], { weights: 'none' }), {}, /allow-downtime: true/],
  ['one member', aTopology([aMember('a', old)]), {}, /^a is the only member.*\n.*add a member.*allow-downtime: true/],
  [
    'everything must stay',
    aTopology([aMember('a', old), aMember('b', old)]),
    { minAvailable: all },
    /min-available: 100%, that is 2 of 2 .*at most 1.*`min-available: 1`, or more members, or `allow-downtime: true`/s,
  ],
];
for (const [name, fleet, request, message] of refused) {
  test(`${name}: refused with the line to write, unless downtime is allowed`, () => {
    const refusal = plan(aRequest(request), fleet);
    const allowed = planned(fleet, { ...request, allowDowntime: true });

    assert.ok(isProblems(refusal));
    assert.match(refusal.map(describeProblem).join('\n'), message);
    assert.equal(allowed.minAvailable, fleet.members.length - 1);
    assert.match(allowed.notes.join(), /^allow-downtime: /);
  });
}

function planned(topology: Topology, overrides: Partial<RollingRequest> = {}): Plan {
  const result = plan(aRequest(overrides), topology);
  assert.ok(!isProblems(result), JSON.stringify(result));
  return result;
}
