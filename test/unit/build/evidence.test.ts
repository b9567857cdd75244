import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isGreen, judge, type Verdict } from '@slipway/build/evidence';
import type { BuildOutcome, Ending } from '@slipway/build/run-build';
import { NO_TESTS, type TestCounts } from '@slipway/reports/results';
import * as fc from 'fast-check';

interface Facts {
  readonly ending?: Ending;
  readonly counts?: Partial<TestCounts>;
  readonly files?: readonly string[];
  readonly stale?: readonly string[];
  readonly others?: readonly string[];
  readonly unreadable?: readonly string[];
  readonly untested?: 'forbidden' | 'allowed';
}

const FAILED: Ending = { kind: 'failed', command: 'npm test', status: 'status 1' };
const ONE = { counts: { tests: 1, passed: 1 }, files: ['a.xml'] };

describe('verdicts', () => {
  const cases: readonly (readonly [name: string, facts: Facts, verdict: Verdict['name'], says: RegExp])[] = [
    ['all is well', ONE, 'passed', /^1 test passed, told by 1 fresh report\.$/],
    [
      'skipped and flaky tests are told',
      { counts: { tests: 5, passed: 3, skipped: 2, flaky: 1 }, files: ['a', 'b'] },
      'passed',
      /^3 tests passed \(2 skipped, 1 flaky\), told by 2 fresh reports\.$/,
    ],
    ['old reports beside fresh ones do no harm', { ...ONE, stale: ['old.xml'] }, 'passed', /1 test passed/],
    ['the build fails', { ...ONE, ending: FAILED }, 'build-failed', /"npm test" ended with status 1/],
    [
      'the tests fail, and so the build',
      { ending: FAILED, counts: { tests: 4, passed: 1, failures: 1, errors: 1, skipped: 1 }, files: ['a'] },
      'tests-failed',
      /^2 of 3 tests failed\.$/,
    ],
    [
      'the tests fail, and the build hides it',
      { counts: { tests: 1, failures: 1 }, files: ['a'], untested: 'allowed' },
      'tests-failed',
      /although the build ended with status 0/,
    ],
    ['zero tests', { files: ['a'] }, 'no-tests', /^Zero tests ran/],
    ['only skipped ones', { files: ['a'], counts: { tests: 2, skipped: 2 } }, 'no-tests', /2 tests skipped/],
    ['no reports', {}, 'no-reports', /No test report was written to a\/\*\.xml, b\.xml\./],
    ['XML of other tools', { others: ['coverage.xml'] }, 'no-reports', /\(no JUnit: coverage\.xml\)/],
    [
      'stale ones',
      { stale: ['1', '2', '3', '4'] },
      'stale-reports',
      /4 files from before the build, 1, 2, 3 and others/,
    ],
    ['a broken one', { ...ONE, unreadable: ['cut off'] }, 'unreadable-reports', /cut off/],
    [
      'a broken one of a failed build: the build is the reason',
      { ending: FAILED, unreadable: ['cut off'] },
      'build-failed',
      /The build fails/,
    ],
    [
      'out of time',
      { ending: { kind: 'timed-out', command: 'mvn verify', after: '1h' } },
      'timed-out',
      /longer than 1h/,
    ],
    ['untested is allowed', { untested: 'allowed' }, 'untested', /no test tells/],
    [
      'untested is allowed, stale reports are not counted',
      { stale: ['a'], untested: 'allowed' },
      'untested',
      /no test/,
    ],
    ['untested is allowed, a failed build is not', { ending: FAILED, untested: 'allowed' }, 'build-failed', /status 1/],
  ];

  for (const [name, facts, verdict, says] of cases) {
    test(name, () => {
      const judged = verdictOf(facts);

      assert.equal(judged.name, verdict);
      assert.match(judged.sentence, says);
      assert.equal(isGreen(judged), verdict === 'passed' || verdict === 'untested');
    });
  }
});

test('green is never without evidence, whatever happened', () => {
  const names = fc.array(fc.constantFrom('a.xml', 'b.xml'), { maxLength: 2 });
  const number = fc.nat({ max: 2 });
  const facts = fc.record({
    ending: fc.constantFrom<Ending>({ kind: 'done' }, FAILED, { kind: 'timed-out', command: 'x', after: '1s' }),
    parts: fc.record({ passed: number, failures: number, errors: number, skipped: number }),
    files: names,
    stale: names,
    others: names,
    unreadable: names,
  });
  fc.assert(
    fc.property(facts, ({ parts, ...rest }) => {
      const tests = parts.passed + parts.failures + parts.errors + parts.skipped;

      const verdict = verdictOf({ ...rest, counts: { ...parts, tests }, files: tests > 0 ? ['a.xml'] : rest.files });

      const proved = rest.ending.kind === 'done' && parts.passed > 0 && parts.failures + parts.errors === 0;
      assert.equal(isGreen(verdict), proved && rest.unreadable.length === 0);
    }),
  );
});

test('each red verdict has a sentence of its own', () => {
  const sentences = [
    verdictOf({ ending: FAILED }),
    verdictOf({ counts: { tests: 1, failures: 1 }, files: ['a'] }),
    verdictOf({ files: ['a'] }),
    verdictOf({}),
    verdictOf({ stale: ['a'] }),
    verdictOf({ unreadable: ['x'] }),
  ].map(({ sentence }) => sentence.split(/[ :]/, 3).join(' '));

  assert.equal(new Set(sentences).size, sentences.length);
});

function verdictOf(facts: Facts): Verdict {
  const outcome: BuildOutcome = {
    ending: facts.ending ?? { kind: 'done' },
    reports: { fresh: facts.files ?? [], stale: facts.stale ?? [] },
    read: {
      results: { counts: { ...NO_TESTS.counts, ...facts.counts }, failed: [] },
      files: facts.files ?? [],
      others: facts.others ?? [],
      unreadable: (facts.unreadable ?? []).map((what) => ({ what })),
    },
  };
  return judge(outcome, { reports: ['a/*.xml', 'b.xml'], reporting: 'write some' }, facts.untested ?? 'forbidden');
}
