import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JournalLine } from '@slipway/rollout/entry';
import {
  drainedByUs,
  formatJournalLine,
  formatShares,
  parseJournal,
  parseShares,
  unfinished,
} from '@slipway/rollout/journal';

type Line = Omit<JournalLine, 'schema'>;

function line(overrides: Partial<Line>): Line {
  return {
    run: '7',
    attempt: 1,
    step: 1,
    kind: 'shift',
    member: 'id-1',
    slot: null,
    before: 'blue=100',
    after: 'blue=0',
    digest: null,
    state: 'done',
    ...overrides,
  };
}

test('lines are read back; torn and foreign ones are left out', () => {
  const text = `${[line({}), line({ step: 2 })].map(formatJournalLine).join('')}{"schema":"other"}\n{"schema":"slipway.jou`;

  assert.deepEqual(
    parseJournal(text).map(({ schema: _schema, ...rest }) => rest),
    [line({}), line({ step: 2 })],
  );
});

test('unfinished is a member whose last line is an intent', () => {
  const lines = journal(
    line({ state: 'intent' }),
    line({ state: 'done' }),
    line({ step: 2, kind: 'start', state: 'intent' }),
    line({ step: 2, member: 'id-2', state: 'intent' }),
    line({ step: 2, member: 'id-2', state: 'failed' }),
  );

  assert.deepEqual(
    unfinished(lines).map(({ member, kind }) => [member, kind]),
    [['id-1', 'start']],
  );
});

const drains: readonly [string, readonly Line[], boolean][] = [
  ['nothing was ever shifted', [line({ kind: 'start' })], false],
  ['our last word was a drain', [line({})], true],
  ['our last word was full traffic', [line({}), line({ after: 'blue=100' })], false],
  ['our drain was never finished', [line({ state: 'intent' })], true],
  ['giving traffic was never finished', [line({}), line({ after: 'blue=100', state: 'intent' })], true],
  ['giving traffic failed', [line({}), line({ after: 'blue=100', state: 'failed' })], true],
  ['another member was drained', [line({ member: 'id-2' })], false],
  ['only one of two slots was drained', [line({ after: 'blue=0,green=100' })], false],
];
for (const [name, lines, ours] of drains) {
  test(`a member without traffic was ${ours ? '' : 'not '}drained by us when ${name}`, () => {
    assert.equal(drainedByUs(journal(...lines), 'id-1'), ours);
  });
}

test('shares are written and read', () => {
  assert.equal(formatShares({ blue: 0, green: 100 }), 'blue=0,green=100');
  assert.deepEqual(parseShares('blue=0,green=100'), { blue: 0, green: 100 });
});

function journal(...lines: readonly Line[]): readonly JournalLine[] {
  return parseJournal(lines.map(formatJournalLine).join(''));
}
