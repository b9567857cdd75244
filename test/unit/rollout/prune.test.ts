import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NewEntry } from '@slipway/rollout/entry';
import { parseLedger } from '@slipway/rollout/ledger';
import { prunable } from '@slipway/rollout/prune';
import { anEntry, aRollback, ledgerText } from '../../support/entries.ts';
import { aRelease } from '../../support/releases.ts';

const five = ['v1', 'v2', 'v3', 'v4', 'v5'].map((version) => anEntry(version));
const cases: readonly [string, readonly NewEntry[], number, readonly string[], readonly string[]][] = [
  ['the newest healthy ones stay', five, 3, [], ['v1', 'v2']],
  ['what is in use stays', five, 3, ['v1'], ['v2']],
  ['the healthy one before what is live stays, however few are kept', five, 1, [], ['v1', 'v2', 'v3']],
  ['what failed goes', [...five.slice(0, 4), anEntry('v5', { outcome: 'rolled-back' })], 5, [], ['v5']],
  ['what a rollback brought back counts as new', [...five, aRollback(6, 'v1', 'v5')], 2, [], ['v2', 'v3', 'v4']],
];
for (const [name, entries, keep, inUse, expected] of cases) {
  test(name, () => {
    const present = ['v1', 'v2', 'v3', 'v4', 'v5'].map((version) => aRelease(version).digest);
    const used = inUse.map((version) => aRelease(version).digest);

    const unwanted = prunable(present, parseLedger(ledgerText(entries)).entries, keep, used);

    assert.deepEqual(
      unwanted,
      expected.map((version) => aRelease(version).digest),
    );
  });
}

test('what the ledger does not know is not ours to remove', () => {
  const { entries } = parseLedger(ledgerText(five));

  assert.deepEqual(prunable([aRelease('by-hand').digest], entries, 1, []), []);
});
