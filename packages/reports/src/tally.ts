import { FAILED_KEPT, type FailedTest, type TestResults } from './results.ts';

export type CaseResult =
  | { readonly kind: 'passed'; readonly flaky: boolean }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'failed'; readonly test: FailedTest };

type Attributes = Readonly<Record<string, string>>;

/** A test case whose element is still open. */
export interface OpenCase {
  open(name: string, attributes: Attributes): void;
  text(text: string): void;
  close(name: string): void;
  /** Whether this closing tag ends the case itself. */
  closes(name: string): boolean;
  result(): CaseResult;
}

const DETAILS_KEPT = 4_000;
/** Surefire and nextest: it failed, then passed when it was run again. */
const FLAKY = new Set(['flakyFailure', 'flakyError']);
/** googletest and others mark what did not run by an attribute. */
const NOT_RUN = new Set(['notrun', 'disabled', 'skipped', 'ignored']);

/** `element`: what ends the case, when it stands for a failure of its suite. */
export function openCase(attributes: Attributes, suite: string, element = 'testcase'): OpenCase {
  let kind: 'failure' | 'error' | undefined;
  let skipped = NOT_RUN.has((attributes.status ?? '').toLowerCase());
  let flaky = false;
  let collecting = false;
  let message = '';
  let details = '';

  function keep(text: string): void {
    if (details.length < DETAILS_KEPT) details += text;
  }

  return {
    open(name, given) {
      collecting = name === 'failure' || name === 'error';
      if (name === 'skipped') skipped = true;
      else if (FLAKY.has(name)) flaky = true;
      else if (name === 'error' || name === 'failure') {
        kind = name === 'error' ? 'error' : (kind ?? 'failure');
        if (details !== '') keep('\n');
        message ||= firstLine(given.message ?? given.type ?? '');
        keep(given.message === undefined ? '' : `${given.message}\n`);
      }
    },
    text(text) {
      if (collecting) keep(text);
    },
    close() {
      collecting = false;
    },
    closes: (name) => name === element,
    result() {
      if (kind === undefined) return skipped ? { kind: 'skipped' } : { kind: 'passed', flaky };
      const whole = details.trim().slice(0, DETAILS_KEPT).toWellFormed();
      const test: FailedTest = {
        kind,
        suite: attributes.classname ?? suite,
        name: attributes.name ?? '(a test without a name)',
        message: message || firstLine(whole) || `a ${kind} without a message`,
        details: whole,
        ...(attributes.file === undefined ? {} : { file: attributes.file }),
        ...(/^\d+$/.test(attributes.line ?? '') ? { line: Number(attributes.line) } : {}),
      };
      return { kind: 'failed', test };
    },
  };
}

/** Counts cases as they end. */
export interface Tally {
  add(result: CaseResult): void;
  results(): TestResults;
}

export function tally(): Tally {
  const counts = { tests: 0, passed: 0, failures: 0, errors: 0, skipped: 0, flaky: 0 };
  const failed: FailedTest[] = [];
  return {
    add(result) {
      counts.tests += 1;
      if (result.kind === 'skipped') counts.skipped += 1;
      else if (result.kind === 'passed') {
        counts.passed += 1;
        if (result.flaky) counts.flaky += 1;
      } else {
        if (result.test.kind === 'error') counts.errors += 1;
        else counts.failures += 1;
        if (failed.length < FAILED_KEPT) failed.push(result.test);
      }
    },
    results: () => ({ counts: { ...counts }, failed: [...failed] }),
  };
}

function firstLine(text: string): string {
  return (text.trimStart().split(/\r\n|\r|\n/, 1)[0] ?? '').trim();
}
