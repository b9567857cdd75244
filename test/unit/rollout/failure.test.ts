import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deploy, ledgerOf, runningFleet, tactics } from '../../support/deployments.ts';
import { hostOf, inServiceCount, memoryFleet, picture, slotOf } from '../../support/memory-fleet.ts';
import { faultAt, memorySession } from '../../support/memory-target.ts';
import { aRelease } from '../../support/releases.ts';

test('a release that never becomes healthy is taken back, and the ledger says so', async () => {
  const fleet = await runningFleet('v1', 'v2');
  fleet.broken.add(aRelease('v3').digest);

  const result = await deploy(fleet, 'v3');

  assert.deepEqual([result.outcome, result.version, result.release?.version], ['rolled-back', 'v2', 'v3']);
  assert.deepEqual(picture(fleet), ['v2 100', 'v2 100', 'v2 100', 'v2 100']);
  assert.equal(fleet.effects.filter((effect) => effect.startsWith('start')).length, 4 + 4 + 1 + 1);
  assert.deepEqual([ledgerOf(fleet).at(-1)?.outcome, ledgerOf(fleet).at(-1)?.release.version], ['rolled-back', 'v3']);
  assert.equal((await deploy(fleet, 'v2')).outcome, 'unchanged');
});

for (const what of ['stage', 'shift', 'start', 'probe'] as const) {
  for (const fault of ['fail', 'lose'] as const) {
    test(`a ${what} on the third member with the fault "${fault}" takes everything back`, async () => {
      const fleet = await runningFleet('v1');
      const when = fault === 'fail' ? 'before effect' : 'after effect';

      const result = await deploy(fleet, 'v2', {
        target: memorySession(fleet, faultAt({ what, host: 'web-3', when }, fault)),
      });

      assert.equal(result.outcome, 'rolled-back');
      assert.deepEqual(
        result.failures.map((failure) => failure.name),
        ['web-3'],
      );
      assert.deepEqual(picture(fleet), ['v1 100', 'v1 100', 'v1 100', 'v1 100']);
    });
  }
}

const lax = { ...tactics, minAvailable: { kind: 'percent', percent: 50 } as const };

test('a failure within the budget is left drained, named, and takes no part in later steps', async () => {
  const fleet = await runningFleet('v1');
  const target = memorySession(fleet, faultAt({ what: 'probe', host: 'web-2', when: 'before effect' }, 'fail'));

  const result = await deploy(fleet, 'v2', { target, maxFailures: 1, tactics: lax });

  assert.equal(result.outcome, 'deployed');
  assert.deepEqual(picture(fleet), ['v2 100', 'v2 0', 'v2 100', 'v2 100']);
  assert.deepEqual(
    result.members.map((member) => [member.state, member.failure]),
    [
      ['in service', null],
      ['drained', 'a fault'],
      ['in service', null],
      ['in service', null],
    ],
  );
});

test('a member that could not even be staged ends without traffic, once the others can spare it', async () => {
  const fleet = await runningFleet('v1');
  const target = memorySession(fleet, faultAt({ what: 'stage', host: 'web-2', when: 'before effect' }, 'fail'));

  const result = await deploy(fleet, 'v2', { target, maxFailures: 1 });

  assert.equal(result.outcome, 'deployed');
  assert.deepEqual(picture(fleet), ['v2 100', 'v1 0', 'v2 100', 'v2 100']);
});

test('it keeps its traffic when the others cannot spare it, and a note says so', async () => {
  const fleet = memoryFleet(3);
  await deploy(fleet, 'v1');
  const stage = faultAt({ what: 'stage', host: 'web-2', when: 'before effect' }, 'fail');
  const probe = faultAt({ what: 'probe', host: 'web-3', when: 'before effect' }, 'fail');
  const target = memorySession(fleet, (instant) => stage(instant) ?? probe(instant));

  const result = await deploy(fleet, 'v2', { target, maxFailures: 2 });

  assert.equal(result.outcome, 'deployed');
  assert.deepEqual(picture(fleet), ['v2 100', 'v1 100', 'v2 0']);
  assert.match(result.notes.join(), /What failed keeps the traffic that it had/);
});

test('one failure more than the budget takes everything back', async () => {
  const fleet = await runningFleet('v1');
  fleet.broken.add(aRelease('v2').digest);

  const result = await deploy(fleet, 'v2', { maxFailures: 1, tactics: lax });

  assert.equal(result.outcome, 'rolled-back');
  assert.equal(result.failures.length, 2);
  assert.deepEqual(picture(fleet), ['v1 100', 'v1 100', 'v1 100', 'v1 100']);
});

test('no budget makes it a success when every member fails', async () => {
  const fleet = await runningFleet('v1');
  const target = memorySession(fleet, faultAt({ what: 'stage', when: 'before effect' }, 'fail', 99));

  const result = await deploy(fleet, 'v2', { maxFailures: 99, target });

  assert.equal(result.outcome, 'rolled-back');
  assert.deepEqual(picture(fleet), ['v1 100', 'v1 100', 'v1 100', 'v1 100']);
});

test('failures never cost more capacity than promised: the executor stops before the next drain', async () => {
  const fleet = await runningFleet('v1');
  const target = memorySession(fleet, faultAt({ what: 'probe', host: 'web-2', when: 'before effect' }, 'fail'));

  const result = await deploy(fleet, 'v2', { target, maxFailures: 3 });

  assert.equal(result.outcome, 'rolled-back');
  assert.match(result.notes.join(), /would leave fewer than 3 members in service/);
  assert.deepEqual(picture(fleet), ['v1 100', 'v1 100', 'v1 100', 'v1 100']);
});

test('a member that falls after its turn is found by the last look, and all goes back', async () => {
  const fleet = await runningFleet('v1');
  const target = memorySession(fleet, ({ what, host, when, step }) => {
    if (what === 'shift' && host === 'web-4' && when === 'after' && step === 17) {
      slotOf(hostOf(fleet, 'id-1')).answers = false;
    }
    return undefined;
  });

  const result = await deploy(fleet, 'v2', { target });

  assert.equal(result.outcome, 'rolled-back');
  assert.match(result.notes.join(), /web-1: v2 was brought up, and yet the member serves nobody at the end/);
  assert.deepEqual(picture(fleet), ['v1 100', 'v1 100', 'v1 100', 'v1 100']);
});

test('a way back that fails too is said, and never costs more than promised', async () => {
  const fleet = await runningFleet('v1');
  fleet.broken.add(aRelease('v2').digest);
  const target = memorySession(fleet, ({ what, host, when, step }) =>
    host === 'web-1' && what === 'start' && when === 'before effect' && step > 4 ? 'fail' : undefined,
  );

  const result = await deploy(fleet, 'v2', { target });

  assert.equal(result.outcome, 'failed');
  assert.match(result.notes.join(), /web-1 serves nobody, and before it served v1/);
  assert.equal(inServiceCount(fleet), 3);
  assert.equal(ledgerOf(fleet).at(-1)?.outcome, 'failed');
});

test('on a first deployment what came up stays, and it is not called a success', async () => {
  const fleet = memoryFleet(2);
  const target = memorySession(fleet, faultAt({ what: 'probe', host: 'web-2', when: 'before effect' }, 'fail'));

  const result = await deploy(fleet, 'v1', { target });

  assert.equal(result.outcome, 'failed');
  assert.deepEqual(picture(fleet), ['v1 100', 'nothing 0']);
  assert.equal((await deploy(fleet, 'v1')).outcome, 'deployed');
});

test('what came up by itself meanwhile does not spoil the way back', async () => {
  const fleet = await runningFleet('v1');
  fleet.broken.add(aRelease('v2').digest);
  const booting = slotOf(hostOf(fleet, 'id-4'));
  for (const id of ['id-3', 'id-4']) slotOf(hostOf(fleet, id)).answers = false;
  const target = memorySession(fleet, ({ what }) => {
    booting.answers ||= what === 'stage';
    return undefined;
  });

  const result = await deploy(fleet, 'v2', { target });

  assert.equal(result.outcome, 'rolled-back');
  assert.deepEqual(
    result.members.map((member) => member.state),
    ['in service', 'in service', 'down', 'in service'],
  );
});
