import assert from 'node:assert/strict';
import { test } from 'node:test';
import { userError } from '@slipway/kernel/errors';
import { executeRemembered } from '@slipway/rollout/execute-remembered';
import { deploymentOf, runningFleet } from '../../support/deployments.ts';
import { type MemorySession, memorySession } from '../../support/memory-target.ts';

test('a deployment counts as half way until it has ended', async () => {
  const fleet = await runningFleet('v1');
  const told: boolean[] = [];

  await executeRemembered(deploymentOf(fleet, 'v2'), (half) => told.push(half));

  assert.deepEqual(told, [true, false]);
});

test('a plan leaves nothing half way', async () => {
  const fleet = await runningFleet('v1');
  const told: boolean[] = [];

  await executeRemembered(deploymentOf(fleet, 'v2', { mode: 'plan' }), (half) => told.push(half));

  assert.deepEqual(told, [false, false]);
});

test('a run that was interrupted stays half way', async () => {
  const fleet = await runningFleet('v1');
  const cancelled = new AbortController();
  const target = memorySession(fleet, ({ what }) => {
    if (what === 'start') cancelled.abort(new Error('SIGINT'));
    return undefined;
  });
  const told: boolean[] = [];

  const options = deploymentOf(fleet, 'v2', { target, signal: cancelled.signal });
  await executeRemembered(options, (half) => told.push(half));

  assert.deepEqual(told, [true, true]);
});

const ends: readonly [string, Error, readonly boolean[]][] = [
  ['what the user can mend is said before anything is touched', userError('no disk'), [true, false]],
  ['after a bug of ours nobody knows', new TypeError('a bug'), [true]],
];
for (const [what, error, expected] of ends) {
  test(what, async () => {
    const fleet = await runningFleet('v1');
    const observe = (): Promise<never> => Promise.reject(error);
    const target: MemorySession = { ...memorySession(fleet), observe };
    const told: boolean[] = [];

    await assert.rejects(
      executeRemembered(deploymentOf(fleet, 'v2', { target }), (half) => told.push(half)),
      error,
    );

    assert.deepEqual(told, expected);
  });
}
