import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserError } from '@slipway/kernel/errors';
import { type ExecuteOptions, execute } from '@slipway/rollout/execute';
import { isGreen } from '@slipway/rollout/result';
import { deploy, ledgerOf, optionsFor, restore, rollBack, tactics } from '../../support/deployments.ts';
import { hostOf, inServiceCount, type MemoryFleet, memoryFleet, picture, slotOf } from '../../support/memory-fleet.ts';
import { type Faults, type Instant, memorySession } from '../../support/memory-target.ts';
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
  const fleet = await running('v1');

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
  const fleet = await running('v1', 'v2');
  const before = written(fleet);

  const result = await deploy(fleet, 'v2');

  assert.deepEqual([result.outcome, result.version, result.steps], ['unchanged', 'v2', []]);
  assert.deepEqual(written(fleet), before);
});

test('a copy of the ledger that is behind is brought up to date when it is run again', async () => {
  const fleet = await running('v1', 'v2');
  hostOf(fleet, 'id-3').ledger = '';

  const result = await deploy(fleet, 'v2');

  assert.equal(result.outcome, 'unchanged');
  assert.equal(hostOf(fleet, 'id-3').ledger.split('\n').length, 3);
  assert.equal(ledgerOf(fleet).length, 2);
});

test('a member with the right version that is still drained is not done: probe and traffic are', async () => {
  const fleet = await running('v1');
  const dead = memorySession(fleet, at({ what: 'probe', host: 'web-1', when: 'after' }, 'cut'));
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
  const fleet = await running('v1');
  fleet.owner = { dead: false };
  const before = written(fleet);

  const result = await execute(deployment(fleet, 'v2', { mode: 'plan' }));

  assert.deepEqual([result.outcome, result.version, result.plan?.steps.length], ['planned', 'v1', 17]);
  assert.deepEqual(written(fleet), before);
});

test('an older run is superseded, unless older releases are allowed', async () => {
  const fleet = await running('v1', 'v2');
  const intent = { kind: 'deploy', release: aRecord('v1'), allowOlder: true } as const;

  const first = await deploy(fleet, 'v1');
  const second = await deploy(fleet, 'v1', { intent });

  assert.deepEqual([first.outcome, first.version], ['superseded', 'v2']);
  assert.match(first.notes.join(), /v1 of run 1 is older than v2 of run 2.*allow-older: true/);
  assert.deepEqual([second.outcome, second.version], ['deployed', 'v1']);
});

test('a release that never becomes healthy is taken back, and the ledger says so', async () => {
  const fleet = await running('v1', 'v2');
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
      const fleet = await running('v1');
      const when = fault === 'fail' ? 'before effect' : 'after effect';

      const result = await deploy(fleet, 'v2', {
        target: memorySession(fleet, at({ what, host: 'web-3', when }, fault)),
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
  const fleet = await running('v1');
  const target = memorySession(fleet, at({ what: 'probe', host: 'web-2', when: 'before effect' }, 'fail'));

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
  const fleet = await running('v1');
  const target = memorySession(fleet, at({ what: 'stage', host: 'web-2', when: 'before effect' }, 'fail'));

  const result = await deploy(fleet, 'v2', { target, maxFailures: 1 });

  assert.equal(result.outcome, 'deployed');
  assert.deepEqual(picture(fleet), ['v2 100', 'v1 0', 'v2 100', 'v2 100']);
});

test('it keeps its traffic when the others cannot spare it, and a note says so', async () => {
  const fleet = memoryFleet(3);
  await deploy(fleet, 'v1');
  const stage = at({ what: 'stage', host: 'web-2', when: 'before effect' }, 'fail');
  const probe = at({ what: 'probe', host: 'web-3', when: 'before effect' }, 'fail');
  const target = memorySession(fleet, (instant) => stage(instant) ?? probe(instant));

  const result = await deploy(fleet, 'v2', { target, maxFailures: 2 });

  assert.equal(result.outcome, 'deployed');
  assert.deepEqual(picture(fleet), ['v2 100', 'v1 100', 'v2 0']);
  assert.match(result.notes.join(), /What failed keeps the traffic that it had/);
});

test('one failure more than the budget takes everything back', async () => {
  const fleet = await running('v1');
  fleet.broken.add(aRelease('v2').digest);

  const result = await deploy(fleet, 'v2', { maxFailures: 1, tactics: lax });

  assert.equal(result.outcome, 'rolled-back');
  assert.equal(result.failures.length, 2);
  assert.deepEqual(picture(fleet), ['v1 100', 'v1 100', 'v1 100', 'v1 100']);
});

test('no budget makes it a success when every member fails', async () => {
  const fleet = await running('v1');
  const target = memorySession(fleet, at({ what: 'stage', when: 'before effect' }, 'fail', 99));

  const result = await deploy(fleet, 'v2', { maxFailures: 99, target });

  assert.equal(result.outcome, 'rolled-back');
  assert.deepEqual(picture(fleet), ['v1 100', 'v1 100', 'v1 100', 'v1 100']);
});

test('failures never cost more capacity than promised: the executor stops before the next drain', async () => {
  const fleet = await running('v1');
  const target = memorySession(fleet, at({ what: 'probe', host: 'web-2', when: 'before effect' }, 'fail'));

  const result = await deploy(fleet, 'v2', { target, maxFailures: 3 });

  assert.equal(result.outcome, 'rolled-back');
  assert.match(result.notes.join(), /would leave fewer than 3 members in service/);
  assert.deepEqual(picture(fleet), ['v1 100', 'v1 100', 'v1 100', 'v1 100']);
});

test('a member that falls after its turn is found by the last look, and all goes back', async () => {
  const fleet = await running('v1');
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
  const fleet = await running('v1');
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
  const target = memorySession(fleet, at({ what: 'probe', host: 'web-2', when: 'before effect' }, 'fail'));

  const result = await deploy(fleet, 'v1', { target });

  assert.equal(result.outcome, 'failed');
  assert.deepEqual(picture(fleet), ['v1 100', 'nothing 0']);
  assert.equal((await deploy(fleet, 'v1')).outcome, 'deployed');
});

test('a cancelled run starts nothing new, gives the lease back, and the next run goes on', async () => {
  const fleet = await running('v1');
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
  const fleet = await running('v1');
  const cancel = new AbortController();
  const faults: Faults = (instant) => {
    if (instant.what !== 'probe' || instant.when !== 'before effect') return undefined;
    setImmediate(() => cancel.abort(new Error('cancelled')));
    return 'hang';
  };

  const result = await deploy(fleet, 'v2', { target: memorySession(fleet, faults), signal: cancel.signal });

  assert.deepEqual([result.interrupted, result.failures], [true, []]);
});

test('whoever waits for the lease can be cancelled', async () => {
  const fleet = memoryFleet(1);
  fleet.owner = { dead: false };
  const cancel = new AbortController();
  setImmediate(() => cancel.abort(new Error('cancelled')));

  const result = await execute(deployment(fleet, 'v1', { signal: cancel.signal }));

  assert.deepEqual([result.outcome, result.interrupted, result.version], ['failed', true, null]);
  assert.deepEqual(fleet.effects, []);
});

test('two runs at once go one after the other', async () => {
  const fleet = await running('v1');

  const results = await Promise.all(['v2', 'v3'].map((version) => execute(deployment(fleet, version))));

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

test('a ledger that cannot be written makes the run red, and the next run writes it', async () => {
  const fleet = await running('v1');
  const target = { ...memorySession(fleet), record: () => Promise.reject(new Error('disk full')) };

  const result = await deploy(fleet, 'v2', { target });
  const again = await deploy(fleet, 'v2');

  assert.equal(result.outcome, 'failed');
  assert.match(result.notes.join(), /could not be written, so run this again: disk full/);
  assert.deepEqual([again.outcome, again.steps], ['deployed', []]);
});

test('what an operator drained is brought up to date and stays out of service', async () => {
  const fleet = await running('v1');
  slotOf(hostOf(fleet, 'id-2')).share = 0;

  const result = await deploy(fleet, 'v2', { tactics: lax });

  assert.equal(result.outcome, 'deployed');
  assert.deepEqual(picture(fleet), ['v2 100', 'v2 0', 'v2 100', 'v2 100']);
  assert.match(result.notes.join(), /web-2 was drained by somebody else/);
  assert.equal((await deploy(fleet, 'v2')).outcome, 'unchanged');
});

test('what the user can mend is thrown before anything is touched, and the lease is given back', async () => {
  const fleet = await running('v1');
  const all = { ...tactics, minAvailable: { kind: 'percent', percent: 100 } as const };
  const before = written(fleet);

  await assert.rejects(deploy(fleet, 'v2', { tactics: all }), UserError);

  assert.deepEqual(written(fleet), before);
  assert.equal(fleet.owner, null);
});

test('rollback goes from v3 to v2 to v1 and never back to what it left', async () => {
  const fleet = await running('v1', 'v2', 'v3');

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
  const fleet = await running('v1', 'v2');
  fleet.broken.add(aRelease('v1').digest);

  const result = await rollBack(fleet);

  assert.deepEqual([result.outcome, result.version], ['failed', 'v2']);
  assert.deepEqual(picture(fleet), ['v2 100', 'v2 100', 'v2 100', 'v2 100']);
  assert.deepEqual([ledgerOf(fleet).at(-1)?.outcome, ledgerOf(fleet).at(-1)?.bad], ['failed', null]);
});

test('a rollback after a run that died half way takes what was live before it', async () => {
  const fleet = await running('v1', 'v2');
  const target = memorySession(fleet, at({ what: 'shift', host: 'web-2', when: 'after' }, 'cut'));
  await deploy(fleet, 'v3', { target });

  const result = await rollBack(fleet);

  assert.deepEqual([result.outcome, result.version], ['rolled-back', 'v2']);
  assert.equal(ledgerOf(fleet).at(-1)?.bad, aRelease('v3').digest);
});

test('after a run that was cut off the fleet is brought back to what the ledger calls live', async () => {
  const fleet = await running('v1', 'v2');
  const target = memorySession(fleet, at({ what: 'shift', host: 'web-2', when: 'after' }, 'cut'));
  await deploy(fleet, 'v3', { target });

  const result = await restore(fleet);

  assert.deepEqual([result.outcome, result.version, isGreen(result)], ['rolled-back', 'v2', true]);
  assert.deepEqual(picture(fleet), ['v2 100', 'v2 100', 'v2 100', 'v2 100']);
  assert.equal(ledgerOf(fleet).length, 2);
  assert.equal((await restore(fleet)).outcome, 'unchanged');
  await assert.rejects(restore(memoryFleet(2)), /Nothing was live here before/);
});

/** A fleet of four that went through these versions. */
async function running(...versions: readonly string[]): Promise<MemoryFleet> {
  const fleet = memoryFleet(4);
  for (const version of versions) assert.equal((await deploy(fleet, version)).outcome, 'deployed');
  return fleet;
}

/** A fault at the first `times` instants that are like this. */
function at(where: Partial<Instant>, fault: ReturnType<Faults>, times = 1): Faults {
  let left = times;
  return (instant) => {
    const here = Object.entries(where).every(([key, value]) => instant[key as keyof Instant] === value);
    if (!here || left === 0) return undefined;
    left -= 1;
    return fault;
  };
}

function deployment(fleet: MemoryFleet, version: string, overrides: Partial<ExecuteOptions> = {}): ExecuteOptions {
  return optionsFor(fleet, { kind: 'deploy', release: aRecord(version), allowOlder: false }, overrides);
}

function written(fleet: MemoryFleet): unknown {
  return structuredClone({ hosts: fleet.hosts, effects: fleet.effects });
}
