import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isProblems } from '@slipway/kernel/errors';
import type { Step } from '@slipway/strategy/plan';
import { plan } from '@slipway/strategy/planner';
import type { Topology } from '@slipway/strategy/topology';
import { unwind } from '@slipway/strategy/unwind';
import { aRelease } from '../../support/releases.ts';
import { aMember, aRequest, aSlot, aTopology } from '../../support/topologies.ts';

const old = aSlot('v2');
const empty = aSlot(null, { share: 0 });
const fleet = aTopology(['a', 'b', 'c', 'd'].map((name) => aMember(name, old)));

test('a failed drain is given back, after a probe', () => {
  assert.deepEqual(backFrom(fleet, 1), [
    { kind: 'probe', members: ['id-a'], slot: 'blue', release: aRelease('v2') },
    { kind: 'shift', members: ['id-a'], shares: { blue: 100 } },
  ]);
});

test('the failing batch comes first, then the earlier one; traffic before process', () => {
  assert.deepEqual(
    backFrom(fleet, 7).map((step) => [step.kind, ...step.members]),
    [
      ['shift', 'id-b'],
      ['start', 'id-b'],
      ['probe', 'id-b'],
      ['shift', 'id-b'],
      ['shift', 'id-a'],
      ['start', 'id-a'],
      ['probe', 'id-a'],
      ['shift', 'id-a'],
    ],
  );
});

test('what was down before ends stopped and without traffic', () => {
  const broken = aTopology([aMember('a', aSlot('v2', { healthy: false })), aMember('b', old)]);

  assert.deepEqual(backFrom(broken, 3), [
    { kind: 'shift', members: ['id-a'], shares: { blue: 0 } },
    { kind: 'retire', members: ['id-a'], slot: 'blue' },
  ]);
});

test('staging needs no way back', () => {
  assert.deepEqual(backFrom(fleet, 0), []);
});

test('on a first deployment the batches that came up stay', () => {
  const first = aTopology(['a', 'b'].map((name) => aMember(name, empty)));

  assert.deepEqual(
    backFrom(first, 7).map((step) => [step.kind, ...step.members]),
    [
      ['shift', 'id-b'],
      ['retire', 'id-b'],
    ],
  );
});

test('members with different pasts each get their own release back', () => {
  const mixed = aTopology([aMember('a', aSlot('v1')), aMember('b', old), aMember('c', old), aMember('d', old)]);
  const request = { batch: [{ kind: 'count', count: 2 }], minAvailable: { kind: 'count', count: 2 } } as const;

  const starts = backFrom(mixed, 2, request).filter((step) => step.kind === 'start');

  assert.deepEqual(
    starts.map((step) => [step.release.version, ...step.members]),
    [
      ['v1', 'id-a'],
      ['v2', 'id-b'],
    ],
  );
});

test('what is replaced gradually gets its old release back without a drain', () => {
  const gradual = { ...fleet, capabilities: { ...fleet.capabilities, replaces: 'gradually' as const } };
  const members = ['id-a', 'id-b', 'id-c', 'id-d'];

  assert.deepEqual(backFrom(gradual, 2), [
    { kind: 'start', members, slot: 'blue', release: aRelease('v2') },
    { kind: 'probe', members, slot: 'blue', release: aRelease('v2') },
  ]);
});

function backFrom(before: Topology, failedAt: number, overrides: Parameters<typeof aRequest>[0] = {}): readonly Step[] {
  const planned = plan(aRequest(overrides), before);
  assert.ok(!isProblems(planned));
  return unwind(planned, before, failedAt);
}
