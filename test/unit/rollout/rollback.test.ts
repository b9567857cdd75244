import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGreen } from '@slipway/rollout/result';
import { deploy, ledgerOf, restore, rollBack, runningFleet } from '../../support/deployments.ts';
import { memoryFleet, picture } from '../../support/memory-fleet.ts';
import { faultAt, memorySession } from '../../support/memory-target.ts';
import { aRelease } from '../../support/releases.ts';

test('rollback goes from v3 to v2 to v1 and never back to what it left', async () => {
  const fleet = await runningFleet('v1', 'v2', 'v3');

  const first = await rollBack(fleet);
  const second = await rollBack(fleet);

  assert.deepEqual([first.outcome, first.version, first.previousVersion], ['rolled-back', 'v2', 'v3']);
  assert.deepEqual([second.outcome, second.version, second.previousVersion], ['rolled-back', 'v1', 'v2']);
  assert.deepEqual(picture(fleet), ['v1 100', 'v1 100', 'v1 100', 'v1 100']);
  await assert.rejects(rollBack(fleet), /nothing to go back to.*v1 \([0-9a-f]{12}, live\)/s);
  assert.deepEqual(
    ledgerOf(fleet)
      .slice(3)
      .map((entry) => entry.bad),
    [aRelease('v3').digest, aRelease('v2').digest],
  );
});

test('a rollback that fails undoes itself and is red', async () => {
  const fleet = await runningFleet('v1', 'v2');
  fleet.broken.add(aRelease('v1').digest);

  const result = await rollBack(fleet);

  assert.deepEqual([result.outcome, result.version], ['failed', 'v2']);
  assert.deepEqual(picture(fleet), ['v2 100', 'v2 100', 'v2 100', 'v2 100']);
  assert.deepEqual([ledgerOf(fleet).at(-1)?.outcome, ledgerOf(fleet).at(-1)?.bad], ['failed', null]);
});

test('a rollback after a run that died half way takes what was live before it', async () => {
  const fleet = await runningFleet('v1', 'v2');
  const target = memorySession(fleet, faultAt({ what: 'shift', host: 'web-2', when: 'after' }, 'cut'));
  await deploy(fleet, 'v3', { target });

  const result = await rollBack(fleet);

  assert.deepEqual([result.outcome, result.version], ['rolled-back', 'v2']);
  assert.equal(ledgerOf(fleet).at(-1)?.bad, aRelease('v3').digest);
});

test('after a run that was cut off the fleet is brought back to what the ledger calls live', async () => {
  const fleet = await runningFleet('v1', 'v2');
  const target = memorySession(fleet, faultAt({ what: 'shift', host: 'web-2', when: 'after' }, 'cut'));
  await deploy(fleet, 'v3', { target });

  const result = await restore(fleet);

  assert.deepEqual([result.outcome, result.version, isGreen(result)], ['rolled-back', 'v2', true]);
  assert.deepEqual(picture(fleet), ['v2 100', 'v2 100', 'v2 100', 'v2 100']);
  assert.equal(ledgerOf(fleet).length, 2);
  assert.equal((await restore(fleet)).outcome, 'unchanged');
  await assert.rejects(restore(memoryFleet(2)), /Nothing was live here before/);
});
