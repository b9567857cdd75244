import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isProblems } from '@slipway/kernel/errors';
import { describePlan, describeStep } from '@slipway/strategy/describe';
import { plan } from '@slipway/strategy/planner';
import type { Topology } from '@slipway/strategy/topology';
import { aMember, aRequest, aSlot, aTopology, NEW } from '../../support/topologies.ts';

const short = NEW.digest.slice('sha256:'.length).slice(0, 12);

test('a plan is one line a step, by the names that people know', () => {
  const fleet = aTopology([aMember('web-1', aSlot('v2')), aMember('web-2', aSlot('v2'))]);

  assert.deepEqual(described(fleet, 2), [
    `1 stage v3 (${short}) on web-1, web-2`,
    '2 shift blue to 0 % on web-1',
    `3 start v3 (${short}) in blue on web-1`,
    `4 probe v3 (${short}) in blue on web-1`,
    '5 shift blue to 100 % on web-1',
    '6 shift blue to 0 % on web-2',
    `7 start v3 (${short}) in blue on web-2`,
    `8 probe v3 (${short}) in blue on web-2`,
    '9 shift blue to 100 % on web-2',
    'note: The batch is 1 and not 2: of 2 members in service 1 must stay.',
  ]);
});

test('nothing to do is said too', () => {
  assert.deepEqual(described(aTopology([aMember('web-1', aSlot('v3'))]), 1), [
    `nothing to do: all members are as v3 (${short}) asks`,
  ]);
});

test('steps of later strategies read alike', () => {
  const fleet = aTopology([aMember('web-1', aSlot('v2'))]);
  const members = ['id-web-1'];

  assert.equal(describeStep({ kind: 'soak', members, release: NEW, forMs: 120_000 }, fleet), 'soak for 2m on web-1');
  assert.equal(describeStep({ kind: 'retire', members, slot: 'green' }, fleet), 'retire green on web-1');
});

function described(fleet: Topology, batch: number): readonly string[] {
  const planned = plan(aRequest({ batch: [{ kind: 'count', count: batch }] }), fleet);
  assert.ok(!isProblems(planned));
  return describePlan(planned, fleet);
}
