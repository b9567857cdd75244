import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeProblem, isProblems } from '@slipway/kernel/errors';
import { chooseRollback, leaving } from '@slipway/rollout/choose';
import type { NewEntry } from '@slipway/rollout/entry';
import { liveId, parseLedger } from '@slipway/rollout/ledger';
import { anEntry, aRollback, ledgerText } from '../../support/entries.ts';
import { aRelease } from '../../support/releases.ts';
import { aMember, aSlot, aTopology } from '../../support/topologies.ts';

const three = [anEntry('v1'), anEntry('v2'), anEntry('v3')];
const twice = [...three, aRollback(4, 'v2', 'v3')];
const failed = anEntry('v4', { outcome: 'rolled-back' });

const cases: readonly [string, readonly NewEntry[], string, string][] = [
  ['the newest healthy one that is not live', three, '', 'v2'],
  ['never what was rolled back from', twice, '', 'v1'],
  ['never what failed', [...three, failed], '', 'v2'],
  ['after a new deployment still not what was bad', [...twice, anEntry('v5')], '', 'v2'],
  ['what was live before', three, 'previous', 'v2'],
  ['what was live before, even when it was left', twice, 'previous', 'v3'],
  ['a version', three, 'v1', 'v1'],
  ['a digest', three, aRelease('v1').digest, 'v1'],
  ['a version that was left, when it is asked for by name', twice, 'v3', 'v3'],
];
for (const [name, entries, to, expected] of cases) {
  test(`a rollback takes ${name}`, () => {
    const chosen = choose(entries, to);

    assert.ok(!isProblems(chosen));
    assert.equal(chosen.release.version, expected);
  });
}

const refusals: readonly [string, readonly NewEntry[], string, RegExp][] = [
  ['an empty ledger', [], '', /no release has finished healthy here yet.*deploy a release first/s],
  ['only failures', [failed], '', /no release has finished healthy/],
  ['nothing but what is live', [anEntry('v1')], '', /nothing to go back to.*v1 \([0-9a-f]{12}, live\)/s],
  [
    'only bad ones left',
    [...three.slice(1), aRollback(4, 'v2', 'v3')],
    '',
    /v2 \(\w+, live\), v3 \(\w+, rolled back from\)/,
  ],
  ['a version that is not there', three, 'v9', /No healthy release of this name.*got: +v9.*v3.*v2.*v1/s],
  ['a version that failed', [...three, failed], 'v4', /No healthy release of this name/],
  ['no previous', [anEntry('v1')], 'previous', /What was live before never finished healthy here/],
];
for (const [name, entries, to, message] of refusals) {
  test(`${name}: refused with what the ledger has`, () => {
    const refusal = choose(entries, to);

    assert.ok(isProblems(refusal));
    assert.match(refusal.map(describeProblem).join('\n'), message);
  });
}

test('what is left is what runs and never finished healthy, else what the ledger calls live', () => {
  const { entries } = parseLedger(ledgerText(three));
  const whole = aTopology([aMember('a', aSlot('v3')), aMember('b', aSlot('v3'))]);
  const halfWay = aTopology([aMember('a', aSlot('v4')), aMember('b', aSlot('v3'))]);
  const onItsWay = aTopology([aMember('a', aSlot('v3', { becoming: aRelease('v4') })), aMember('b', aSlot('v3'))]);
  const cameBackOld = aTopology([aMember('a', aSlot('v1')), aMember('b', aSlot('v3'))]);

  assert.deepEqual(leaving(entries, whole), aRelease('v3'));
  assert.deepEqual(leaving(entries, halfWay), aRelease('v4'));
  assert.deepEqual(leaving(entries, onItsWay), aRelease('v4'));
  assert.deepEqual(leaving(entries, cameBackOld), aRelease('v3'));
  assert.equal(leaving([], aTopology([])), null);
});

function choose(all: readonly NewEntry[], to: string): ReturnType<typeof chooseRollback> {
  const { entries } = parseLedger(ledgerText(all));
  return chooseRollback(entries, liveId(entries), to);
}
