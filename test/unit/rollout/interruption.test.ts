import assert from 'node:assert/strict';
import { test } from 'node:test';
import { execute } from '@slipway/rollout/execute';
import { deploy, deploymentOf, ledgerOf, runningFleet } from '../../support/deployments.ts';
import { memoryFleet } from '../../support/memory-fleet.ts';
import { type Faults, faultAt, memorySession } from '../../support/memory-target.ts';

test('a cancelled run starts nothing new, gives the lease back, and the next run goes on', async () => {
  const fleet = await runningFleet('v1');
  const cancel = new AbortController();
  const target = memorySession(fleet, (instant) => {
    if (instant.what === 'start' && instant.when === 'after') cancel.abort(new Error('cancelled'));
    return undefined;
  });

  const result = await deploy(fleet, 'v2', { target, signal: cancel.signal });

  assert.deepEqual([result.outcome, result.interrupted], ['failed', true]);
  assert.equal(fleet.effects.at(-1), 'start web-1');
  assert.match(result.notes.join(), /Interrupted \(cancelled\)/);
  assert.equal(ledgerOf(fleet).length, 1);
  assert.equal((await deploy(fleet, 'v2')).outcome, 'deployed');
});

test('a step that hangs ends with the run that is cancelled', async () => {
  const fleet = await runningFleet('v1');
  const cancel = new AbortController();
  const faults: Faults = (instant) => {
    if (instant.what !== 'probe' || instant.when !== 'before effect') return undefined;
    setImmediate(() => cancel.abort(new Error('cancelled')));
    return 'hang';
  };

  const result = await deploy(fleet, 'v2', { target: memorySession(fleet, faults), signal: cancel.signal });

  assert.deepEqual([result.interrupted, result.failures], [true, []]);
});

test('the run after one that died in a step says where that was', async () => {
  const fleet = await runningFleet('v1');
  const dead = memorySession(fleet, faultAt({ what: 'start', host: 'web-1', when: 'after effect' }, 'crash'));
  await Promise.race([execute(deploymentOf(fleet, 'v2', { target: dead })), dead.crashed]);

  const next = await deploy(fleet, 'v2');
  const last = await deploy(fleet, 'v2');

  const note = 'A run before this one was cut off at web-1: this one goes on from what it finds.';
  assert.deepEqual([next.outcome, next.notes], ['deployed', [note]]);
  assert.deepEqual([last.outcome, last.notes], ['unchanged', []]);
});

test('whoever waits for the lease can be cancelled', async () => {
  const fleet = memoryFleet(1);
  fleet.owner = { dead: false };
  const cancel = new AbortController();
  setImmediate(() => cancel.abort(new Error('cancelled')));

  const result = await execute(deploymentOf(fleet, 'v1', { signal: cancel.signal }));

  assert.deepEqual([result.outcome, result.interrupted, result.version], ['failed', true, null]);
  assert.deepEqual(fleet.effects, []);
});

test('two runs at once go one after the other', async () => {
  const fleet = await runningFleet('v1');

  const results = await Promise.all(['v2', 'v3'].map((version) => execute(deploymentOf(fleet, version))));

  assert.deepEqual(
    results.map((result) => result.outcome),
    ['deployed', 'deployed'],
  );
  assert.deepEqual(fleet.violations, []);
  assert.deepEqual(
    ledgerOf(fleet).map((entry) => [entry.number, entry.release.version]),
    [
      [1, 'v1'],
      [2, 'v2'],
      [3, 'v3'],
    ],
  );
});
