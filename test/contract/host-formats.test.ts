import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { canonicalJson } from '@slipway/kernel/json';
import { formatJournalLine, parseJournal } from '@slipway/rollout/journal';
import { parseLedger } from '@slipway/rollout/ledger';

const decision = readFileSync('.github/decisions/0005-host-layout.md', 'utf8');
const [ledger = '', ...journal] = /```json\n([\s\S]*?)\n```/.exec(decision)?.[1]?.split('\n') ?? [];

test('the ledger line of the decision record is one that we read, and write to the letter', () => {
  const [entry] = parseLedger(`${ledger}\n`).entries;

  assert.equal(canonicalJson(entry), ledger);
});

test('the journal lines of the decision record are ones that we read, and write to the letter', () => {
  const lines = parseJournal(`${journal.join('\n')}\n`);

  assert.equal(lines.length, 2);
  assert.deepEqual(
    lines.map((line) => formatJournalLine(line).trimEnd()),
    journal,
  );
});
