import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserError, userError } from '@slipway/kernel/errors';
import { execute } from '@slipway/rollout/execute';
import type { Target } from '@slipway/rollout/target';
import { deploy, deploymentOf, ledgerOf, runningFleet, tactics } from '../../support/deployments.ts';
import { hostOf, type MemoryFleet, memoryFleet, picture, slotOf } from '../../support/memory-fleet.ts';
import { faultAt, memorySession } from '../../support/memory-target.ts';
import { aRecord, aRelease } from '../../support/releases.ts';

test('the first deployment brings every member into service and writes one line to each ledger', async () => {
  const fleet = memoryFleet(4);

  const result = await deploy(fleet, 'v1');

  assert.equal(result.outcome, 'deployed');
  assert.deepEqual([result.version, result.previousVersion, result.digest], ['v1', null, aRelease('v1').digest]);
  assert.deepEqual(picture(fleet), ['v1 100', 'v1 100', 'v1 100', 'v1 100']);
  const [entry] = ledgerOf(fleet);
  assert.deepEqual([entry?.number, entry?.kind, entry?.outcome, entry?.previous], [1, 'deploy', 'deployed', null]);
  assert.deepEqual(entry?.hosts, ['id-1', 'id-2', 'id-3', 'id-4']);
  assert.ok(fleet.hosts.every((host) => host.ledger.split('\n').length === 2));
});

test('a deployment drains, starts, probes and shifts, and its steps are numbered and timed', async () => {
  const fleet = await runningFleet('v1');

  const { steps, outcome, previousVersion, ms } = await deploy(fleet, 'v2');

  assert.equal(outcome, 'deployed');
  assert.equal(previousVersion, 'v1');
  assert.deepEqual(
    steps.slice(0, 5).map((step) => `${step.number} ${step.kind} ${step.ms}`),
    ['1 stage 100', '2 shift 100', '3 start 100', '4 probe 100', '5 shift 100'],
  );
  assert.equal(ms, steps.length * 100 + 100);
});

test('a finished deployment run again takes no step and writes nothing', async () => {
  const fleet = await runningFleet('v1', 'v2');
  const before = written(fleet);

  const result = await deploy(fleet, 'v2');

  assert.deepEqual([result.outcome, result.version, result.steps], ['unchanged', 'v2', []]);
  assert.deepEqual(written(fleet), before);
});

test('a copy of the ledger that is behind is brought up to date when it is run again', async () => {
  const fleet = await runningFleet('v1', 'v2');
  hostOf(fleet, 'id-3').ledger = '';

  const result = await deploy(fleet, 'v2');

  assert.equal(result.outcome, 'unchanged');
  assert.equal(hostOf(fleet, 'id-3').ledger.split('\n').length, 3);
  assert.equal(ledgerOf(fleet).length, 2);
});

test('a member with the right version that is still drained is not done: probe and traffic are', async () => {
  const fleet = await runningFleet('v1');
  const dead = memorySession(fleet, faultAt({ what: 'probe', host: 'web-1', when: 'after' }, 'cut'));
  assert.equal((await deploy(fleet, 'v2', { target: dead })).interrupted, true);
  assert.deepEqual(picture(fleet), ['v2 0', 'v1 100', 'v1 100', 'v1 100']);

  const { outcome, steps } = await deploy(fleet, 'v2');

  assert.equal(outcome, 'deployed');
  assert.deepEqual(
    steps.slice(0, 3).map((step) => step.title.replace(/ \(.*\)/, '')),
    ['stage v2 on web-2, web-3, web-4', 'probe v2 in blue on web-1', 'shift blue to 100 % on web-1'],
  );
});

test('mode plan shows the plan, takes no lease and writes nothing', async () => {
  const fleet = await runningFleet('v1');
  fleet.owner = { dead: false };
  const before = written(fleet);

  const result = await execute(deploymentOf(fleet, 'v2', { mode: 'plan' }));

  assert.deepEqual([result.outcome, result.version, result.plan?.steps.length], ['planned', 'v1', 17]);
  assert.deepEqual(written(fleet), before);
});

test('an older run is superseded, unless older releases are allowed', async () => {
  const fleet = await runningFleet('v1', 'v2');
  const intent = { kind: 'deploy', release: aRecord('v1'), allowOlder: true } as const;

  const first = await deploy(fleet, 'v1');
  const second = await deploy(fleet, 'v1', { intent });

  assert.deepEqual([first.outcome, first.version], ['superseded', 'v2']);
  assert.match(first.notes.join(), /v1 of run 1 is older than v2 of run 2.*allow-older: true/);
  assert.deepEqual([second.outcome, second.version], ['deployed', 'v1']);
});

test('a ledger that cannot be written makes the run red, and the next run writes it', async () => {
  const fleet = await runningFleet('v1');
  const target = { ...memorySession(fleet), record: () => Promise.reject(new Error('disk full')) };

  const result = await deploy(fleet, 'v2', { target });
  const again = await deploy(fleet, 'v2');

  assert.equal(result.outcome, 'failed');
  assert.match(result.notes.join(), /could not be written, so run this again: disk full/);
  assert.deepEqual([again.outcome, again.steps], ['deployed', []]);
});

test('what an operator drained is brought up to date and stays out of service', async () => {
  const fleet = await runningFleet('v1');
  slotOf(hostOf(fleet, 'id-2')).share = 0;
  const lax = { ...tactics, minAvailable: { kind: 'percent', percent: 50 } as const };

  const result = await deploy(fleet, 'v2', { tactics: lax });

  assert.equal(result.outcome, 'deployed');
  assert.deepEqual(picture(fleet), ['v2 100', 'v2 0', 'v2 100', 'v2 100']);
  assert.match(result.notes.join(), /web-2 was drained by somebody else/);
  assert.equal((await deploy(fleet, 'v2')).outcome, 'unchanged');
});

test('what the user can mend is thrown before anything is touched, and the lease is given back', async () => {
  const fleet = await runningFleet('v1');
  const all = { ...tactics, minAvailable: { kind: 'percent', percent: 100 } as const };
  const before = written(fleet);

  await assert.rejects(deploy(fleet, 'v2', { tactics: all }), UserError);

  assert.deepEqual(written(fleet), before);
  assert.equal(fleet.owner, null);
});

test("bytes that cannot be had are nobody's failure: thrown before anything is touched, and not recorded", async () => {
  const fleet = await runningFleet('v1');
  const target = memorySession(fleet);
  const before = written(fleet);
  const noBytes: Target = {
    ...target,
    perform(step, context) {
      if (step.kind === 'stage') throw userError('Digest mismatch.', 'publish it again');
      return target.perform(step, context);
    },
  };

  await assert.rejects(deploy(fleet, 'v2', { target: noBytes }), /^UserError: Digest mismatch\.$/m);

  assert.deepEqual(written(fleet), before);
});

function written(fleet: MemoryFleet): unknown {
  return structuredClone({ hosts: fleet.hosts, effects: fleet.effects });
}
