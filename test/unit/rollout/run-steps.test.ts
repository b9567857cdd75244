import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deploy, runningFleet } from '../../support/deployments.ts';
import { keptLog } from '../../support/kept-log.ts';
import { faultAt, memorySession } from '../../support/memory-target.ts';

test('a step that has nothing to say is one line with its duration', async () => {
  const fleet = await runningFleet('v1');
  const log = keptLog();

  await deploy(fleet, 'v2', { log });

  const lines = log.told.filter(([, text]) => / \d+\.\d s$/.test(text));
  assert.equal(lines.length, 1 + 4 * 4);
  assert.match(lines[2]?.[1] ?? '', /^3 start v2 \([0-9a-f]{12}\) in blue on web-1: 0\.1 s$/);
  assert.ok(log.told.every(([level]) => level === 'info'));
});

test('a step in which a member failed folds up what the member said', async () => {
  const fleet = await runningFleet('v1');
  const log = keptLog();
  const target = memorySession(fleet, faultAt({ what: 'probe', host: 'web-1', when: 'before effect' }, 'fail'));

  await deploy(fleet, 'v2', { log, target });

  const at = log.told.findIndex(([level]) => level === 'group');
  const [head, why, words] = log.told.slice(at, at + 3);
  assert.match(head?.[1] ?? '', /^4 probe v2 \([0-9a-f]{12}\) in blue on web-1: 0\.1 s$/);
  assert.deepEqual(why, ['info', 'web-1: a fault']);
  assert.deepEqual(words, ['foreign', 'last words of web-1']);
  assert.equal(log.told.filter(([level]) => level === 'group').length, 1);
});

test('a failure that nobody explains is told without a foldable part', async () => {
  const fleet = await runningFleet('v1');
  const log = keptLog();
  const target = memorySession(fleet);

  await deploy(fleet, 'v2', {
    log,
    target: {
      ...target,
      perform: async (step, context) => {
        if (step.kind === 'stage') throw new Error('there is no store');
        return await target.perform(step, context);
      },
    },
  });

  assert.ok(log.told.some(([, text]) => text === 'web-1: there is no store'));
  assert.ok(log.told.every(([level]) => level === 'info'));
});

test('the step during which a run is cancelled is named', async () => {
  const fleet = await runningFleet('v1');
  const log = keptLog();
  const cancelled = new AbortController();
  const target = memorySession(fleet, ({ what, when }) => {
    if (what === 'start' && when === 'before effect') cancelled.abort(new Error('SIGINT'));
    return undefined;
  });

  await deploy(fleet, 'v2', { log, target, signal: cancelled.signal });

  const told = log.told.map(([, text]) => text);
  assert.match(told.at(-2) ?? '', /^3 start v2 .* on web-1: interrupted after 0\.1 s$/);
  assert.match(told.at(-1) ?? '', /^Interrupted \(SIGINT\)/);
});
