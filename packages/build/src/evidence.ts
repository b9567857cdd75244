import type { TestCounts } from '@slipway/reports/results';
import type { BuildPlan, Wish } from './plan.ts';
import type { BuildOutcome } from './run-build.ts';

/** What a build is worth. Only `passed` and `untested` are green. */
export interface Verdict {
  readonly name:
    | 'passed'
    | 'untested'
    | 'build-failed'
    | 'timed-out'
    | 'tests-failed'
    | 'unreadable-reports'
    | 'no-tests'
    | 'no-reports'
    | 'stale-reports';
  /** One sentence that says why. */
  readonly sentence: string;
  /** What to do about it. */
  readonly fix?: string;
}

export function isGreen({ name }: Verdict): boolean {
  return name === 'passed' || name === 'untested';
}

/**
 * A build is green only on fresh evidence: it ended with status 0, at least one report was written by it, at least one
 * test ran, and none failed. `untested: allowed` lifts the two in the middle, and only them.
 */
export function judge(
  { ending, reports, read }: BuildOutcome,
  { reports: patterns, reporting }: Pick<BuildPlan, 'reports' | 'reporting'>,
  untested: Wish['untested'],
): Verdict {
  const { counts } = read.results;
  const failed = counts.failures + counts.errors;
  const ran = counts.tests - counts.skipped;

  if (ending.kind === 'timed-out') {
    return {
      name: 'timed-out',
      sentence: `The build fails: "${ending.command}" was ended, since the build took longer than ${ending.after}.`,
      fix: 'timeout: 2h (or find out what hangs: the log ends where it stood)',
    };
  }
  if (failed > 0) {
    const despite = ending.kind === 'done' ? ', although the build ended with status 0' : '';
    return { name: 'tests-failed', sentence: `${failed} of ${plural(ran, 'test')} failed${despite}.` };
  }
  if (ending.kind === 'failed') {
    return {
      name: 'build-failed',
      sentence: `The build fails: "${ending.command}" ended with ${ending.status}, and no report tells of a failed test.`,
      fix: `read the log of "${ending.command}" above`,
    };
  }
  if (read.unreadable.length > 0) {
    return { name: 'unreadable-reports', sentence: read.unreadable.map(({ what }) => what).join('\n') };
  }
  if (ran > 0)
    return {
      name: 'passed',
      sentence: `${passedSentence(counts)}, told by ${plural(read.files.length, 'fresh report')}.`,
    };
  if (untested === 'allowed') {
    return {
      name: 'untested',
      sentence: 'The build ended with status 0; no test tells that it is right, as "untested: allowed" permits.',
    };
  }
  if (read.files.length > 0) {
    const skipped = counts.skipped > 0 ? `, ${plural(counts.skipped, 'test')} skipped` : '';
    return {
      name: 'no-tests',
      sentence: `Zero tests ran: ${plural(read.files.length, 'fresh report')}${skipped}, and not one test in them.`,
      fix: `look at the filters of the test run${OR_ALLOW}`,
    };
  }
  if (reports.stale.length > 0) {
    return {
      name: 'stale-reports',
      sentence: `The reports are stale: ${plural(reports.stale.length, 'file')} from before the build, ${shownFiles(reports.stale)}, and none that this build wrote. Did the tests run?`,
      fix: `${reporting}${OR_ALLOW}`,
    };
  }
  const others = read.others.length > 0 ? ` (no JUnit: ${shownFiles(read.others)})` : '';
  return {
    name: 'no-reports',
    sentence: `No test report was written to ${patterns.join(', ')}${others}. Did the tests run?`,
    fix: `${reporting}${OR_ALLOW}`,
  };
}

const OR_ALLOW = '\n(or, when there is nothing to test: untested: allowed)';

function passedSentence({ passed, skipped, flaky }: TestCounts): string {
  const rest = [skipped > 0 ? `${skipped} skipped` : '', flaky > 0 ? `${flaky} flaky` : ''].filter(
    (part) => part !== '',
  );
  return `${plural(passed, 'test')} passed${rest.length > 0 ? ` (${rest.join(', ')})` : ''}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function shownFiles(files: readonly string[]): string {
  return `${files.slice(0, 3).join(', ')}${files.length > 3 ? ' and others' : ''}`;
}
