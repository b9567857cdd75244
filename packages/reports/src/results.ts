/** How many tests ran and how they ended. `tests` is the sum of the four others; `flaky` tests are among the passed. */
export interface TestCounts {
  readonly tests: number;
  readonly passed: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
  readonly flaky: number;
}

/** A test that did not pass: `failure` = an assertion did not hold, `error` = something else was thrown. */
export interface FailedTest {
  readonly kind: 'failure' | 'error';
  readonly suite: string;
  readonly name: string;
  /** The first line of what went wrong. */
  readonly message: string;
  /** Everything that went wrong, stack traces included; cut at 4,000 characters. */
  readonly details: string;
  /** Where the test stands, when the tool says so. */
  readonly file?: string;
  readonly line?: number;
}

export interface TestResults {
  readonly counts: TestCounts;
  /** At most 1,000; `counts` knows how many there are. */
  readonly failed: readonly FailedTest[];
}

export const FAILED_KEPT = 1_000;

export const NO_TESTS: TestResults = {
  counts: { tests: 0, passed: 0, failures: 0, errors: 0, skipped: 0, flaky: 0 },
  failed: [],
};

export function addResults(a: TestResults, b: TestResults): TestResults {
  return {
    counts: {
      tests: a.counts.tests + b.counts.tests,
      passed: a.counts.passed + b.counts.passed,
      failures: a.counts.failures + b.counts.failures,
      errors: a.counts.errors + b.counts.errors,
      skipped: a.counts.skipped + b.counts.skipped,
      flaky: a.counts.flaky + b.counts.flaky,
    },
    failed: [...a.failed, ...b.failed].slice(0, FAILED_KEPT),
  };
}
