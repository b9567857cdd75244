import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '@slipway/kernel/digest';
import {
  appendLine,
  continuation,
  healthy,
  isBehind,
  live,
  nextNumber,
  parseLedger,
  union,
} from '@slipway/rollout/ledger';
import * as fc from 'fast-check';
import { anEntry, aRollback, ledgerText } from '../../support/entries.ts';

const text = ledgerText([anEntry('v1'), anEntry('v2'), anEntry('v3')]);

test('what is appended is read back, each line chained to the one before it', () => {
  const { entries, problems } = parseLedger(text);
  const lines = text.split('\n');

  assert.deepEqual(problems, []);
  assert.deepEqual(
    entries.map(({ prev: _prev, ...entry }) => entry),
    [anEntry('v1'), anEntry('v2'), anEntry('v3')],
  );
  assert.deepEqual(
    entries.map((entry) => entry.prev),
    ['', lines[0], lines[1]].map((line) => digestOf(line ?? '')),
  );
});

test('an entry is appended once, whatever its chain', () => {
  assert.equal(appendLine(text, anEntry('v2')), '');
});

test('a torn last line is said and closed; what follows it is chained and read', () => {
  const torn = text.slice(0, -40);
  const mended = torn + appendLine(torn, anEntry('v4'));

  assert.deepEqual(parseLedger(torn).problems, [
    'The ledger has a torn line behind entry 2: whoever wrote it was interrupted.',
  ]);
  assert.equal(parseLedger(torn).entries.length, 2);
  assert.deepEqual(
    parseLedger(mended).entries.map((entry) => entry.number),
    [1, 2, 4],
  );
  assert.equal(parseLedger(mended).problems.length, 1);
});

test('a last line that only lacks its newline counts, and the next one does not run into it', () => {
  const short = text.slice(0, -1);

  assert.deepEqual(
    parseLedger(short + appendLine(short, anEntry('v4'))),
    parseLedger(text + appendLine(text, anEntry('v4'))),
  );
});

test('whatever character of a line is changed, it is noticed', () => {
  const end = text.lastIndexOf('\n', text.length - 2);
  fc.assert(
    fc.property(fc.nat({ max: end - 1 }), fc.constantFrom('x', '0', ' ', '"'), (at, character) => {
      fc.pre(text[at] !== '\n' && text[at] !== character);
      assert.notDeepEqual(parseLedger(text.slice(0, at) + character + text.slice(at + 1)).problems, []);
    }),
    { numRuns: 300 },
  );
});

test('lines of another schema stay, unread and chained', () => {
  const later = `${text}{"schema":"slipway.ledger/v9","what":"news"}\n`;
  const longer = later + appendLine(later, anEntry('v4'));

  assert.deepEqual(parseLedger(longer).problems, []);
  assert.equal(parseLedger(longer).entries.length, 4);
  assert.ok(longer.includes('slipway.ledger/v9'));
});

test('a line with wrong fields is left out and said', () => {
  const wrong = text.replace('"number":2', '"number":"two"');

  assert.equal(parseLedger(wrong).entries.length, 2);
  assert.match(parseLedger(wrong).problems.join('\n'), /wrong fields behind entry 1: it is left out/);
});

test('copies become one: by number, a deploy before a rollback, then by run', () => {
  const twin = anEntry('v9', { number: 3, run: { ...anEntry('v3').run, id: '999' } });
  const rollback = aRollback(3, 'v1', 'v2');
  const copies = [
    [rollback, anEntry('v1')],
    [anEntry('v2'), twin],
    [anEntry('v1'), anEntry('v3')],
  ].map((entries) => parseLedger(ledgerText(entries)).entries);

  const all = union(copies);

  assert.deepEqual(
    all.map((entry) => `${entry.number} ${entry.kind} ${entry.run.id}`),
    ['1 deploy 101', '2 deploy 102', '3 deploy 103', '3 deploy 999', '3 rollback 103'],
  );
  assert.equal(nextNumber(all), 4);
});

test('a copy gets what it lacks and the added entry, chained to what it has; then it is not behind', () => {
  const all = parseLedger(text).entries;
  const [first = ''] = text.split(/(?<=\n)/);

  const mended = first + continuation(first, all, anEntry('v4'));

  assert.equal(mended, ledgerText([anEntry('v1'), anEntry('v2'), anEntry('v3'), anEntry('v4')]));
  assert.equal(continuation(mended, all, anEntry('v4')), '');
  assert.equal(isBehind(parseLedger(first).entries, all), true);
  assert.equal(isBehind(parseLedger(mended).entries, all), false);
});

test('of a copy of which only the end was read, older entries are taken to stand further up', () => {
  const end = text.slice(text.indexOf('\n') + 1);

  const added = continuation(end, parseLedger(text).entries, anEntry('v4'));

  assert.deepEqual(parseLedger(end, 'end').problems, []);
  assert.match(parseLedger(end).problems.join(), /the line at its beginning does not continue/);
  assert.deepEqual(parseLedger(text + added).problems, []);
  assert.equal(added.split('\n').length, 2);
});

test('live is what the last success made live; healthy are all successes, the newest first', () => {
  const failed = anEntry('v3', { outcome: 'rolled-back' });
  const undone = anEntry('v1', { number: 5, kind: 'rollback', outcome: 'failed' });
  const { entries } = parseLedger(ledgerText([anEntry('v1'), anEntry('v2'), failed, anEntry('v4'), undone]));

  assert.equal(live(entries)?.version, 'v4');
  assert.deepEqual(
    healthy(entries).map((release) => release.version),
    ['v4', 'v2', 'v1'],
  );
  assert.equal(live([]), null);
  assert.equal(nextNumber([]), 1);
});
