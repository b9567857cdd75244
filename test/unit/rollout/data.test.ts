import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isProblems, UserError } from '@slipway/kernel/errors';
import { chooseRollback } from '@slipway/rollout/choose';
import type { NewEntry } from '@slipway/rollout/entry';
import { liveId, parseLedger } from '@slipway/rollout/ledger';
import type { Conclusion, Observation } from '@slipway/rollout/target';
import { deploy, ledgerOf, runningFleet } from '../../support/deployments.ts';
import { anEntry, ledgerText } from '../../support/entries.ts';
import { type MemoryFleet, slotOf } from '../../support/memory-fleet.ts';
import { type Faults, faultAt, type MemorySession, memorySession } from '../../support/memory-target.ts';
import { aRelease } from '../../support/releases.ts';

const e1 = anEntry('v1', { config: 'e1' });
const e2 = anEntry('v1', { number: 2, config: 'e2', previous: { ...aRelease('v1'), config: 'e1' } });
const back = anEntry('v1', {
  number: 3,
  kind: 'rollback',
  outcome: 'rolled-back',
  config: 'e1',
  previous: { ...aRelease('v1'), config: 'e2' },
  bad: aRelease('v1').digest,
  badConfig: 'e2',
});

const choices: readonly [string, readonly NewEntry[], string, string][] = [
  ['after other settings of the same release, the ones before', [e1, e2], '', 'v1 e1'],
  ['by a version, its newest environment', [e1, e2, anEntry('v3')], 'v1', 'v1 e2'],
  ['what was live before, with its environment', [e1, e2], 'previous', 'v1 e1'],
  ['never an environment that was rolled back from', [anEntry('v0', { number: 1 }), e1, e2, back], '', 'v0 none'],
];
for (const [name, all, to, expected] of choices) {
  test(`a rollback takes ${name}`, () => {
    const { entries } = parseLedger(ledgerText(all.map((entry, index) => ({ ...entry, number: index + 1 }))));

    const chosen = chooseRollback(entries, liveId(entries), to);

    assert.ok(!isProblems(chosen));
    assert.equal(`${chosen.release.version} ${chosen.config ?? 'none'}`, expected);
  });
}

test('a migration comes when all is staged, and only for what is not live yet', async () => {
  const fleet = await runningFleet('v1');
  fleet.effects.length = 0;

  const result = await deploy(fleet, 'v2', { target: seeing(fleet, { migrates: true }) });
  assert.equal(result.outcome, 'deployed');
  assert.deepEqual(
    result.plan?.steps.slice(0, 3).map(({ kind }) => kind),
    ['stage', 'migrate', 'shift'],
  );
  for (const host of fleet.hosts.slice(0, 1)) Object.assign(slotOf(host), { running: false, answers: false });
  const repaired = await deploy(fleet, 'v2', { target: seeing(fleet, { migrates: true }) });
  assert.ok((repaired.plan?.steps.length ?? 0) > 0);
  assert.ok(repaired.plan?.steps.every(({ kind }) => kind !== 'migrate'));
});

test('no budget pays for a migration that failed, and nothing that runs was touched', async () => {
  const fleet = await runningFleet('v1');
  fleet.effects.length = 0;
  const fault = faultAt({ what: 'migrate', host: 'web-1', when: 'before effect' }, 'fail');

  const result = await deploy(fleet, 'v2', { target: seeing(fleet, { migrates: true }, fault), maxFailures: 3 });

  assert.deepEqual([result.outcome, result.version], ['failed', 'v1']);
  assert.ok(
    fleet.effects.every((effect) => /^(stage|migrate) /.test(effect)),
    fleet.effects.join('\n'),
  );
  assert.equal(ledgerOf(fleet).at(-1)?.outcome, 'failed');
});

test('the environment and settings of a deployment are in the ledger; to forget the environment is refused', async () => {
  const fleet = await runningFleet('v1');
  const target = seeing(fleet, { config: 'e1', settings: { start: 'bin/start' } });

  await deploy(fleet, 'v2', { target });

  const last = ledgerOf(fleet).at(-1);
  assert.deepEqual([last?.config, last?.settings], ['e1', { start: 'bin/start' }]);
  assert.equal(last?.outcome, 'deployed');
  const other = await deploy(fleet, 'v2', { target: seeing(fleet, { config: 'e2' }) });
  assert.equal(other.outcome, 'deployed', 'another environment is a change');
  assert.equal((await deploy(fleet, 'v2', { target: seeing(fleet, { config: 'e2' }) })).outcome, 'unchanged');
  await assert.rejects(
    deploy(fleet, 'v4'),
    (thrown) => thrown instanceof UserError && /brings none/.test(thrown.message),
  );
});

test('what the target does last is told how it ended, and changes nothing of it', async () => {
  const fleet = await runningFleet('v1');
  const told: Conclusion[] = [];
  const conclude = (conclusion: Conclusion): Promise<readonly string[]> => {
    told.push(conclusion);
    return Promise.resolve(['the hook failed']);
  };

  const good = await deploy(fleet, 'v2', { target: { ...memorySession(fleet), conclude } });
  fleet.broken.add(aRelease('v3').digest);
  const bad = await deploy(fleet, 'v3', { target: { ...memorySession(fleet), conclude } });
  const again = await deploy(fleet, 'v2', { target: { ...memorySession(fleet), conclude } });

  assert.deepEqual([good.outcome, bad.outcome, again.outcome], ['deployed', 'rolled-back', 'unchanged']);
  assert.ok(good.notes.includes('the hook failed'));
  assert.deepEqual(
    told.map(({ succeeded, outcome, release }) => [succeeded, outcome, release.version]),
    [
      [true, 'deployed', 'v2'],
      [false, 'rolled-back', 'v3'],
    ],
  );
});

function seeing(fleet: MemoryFleet, more: Partial<Observation>, faults?: Faults): MemorySession {
  const session = memorySession(fleet, faults);
  return { ...session, observe: async (signal) => ({ ...(await session.observe(signal)), ...more }) };
}
