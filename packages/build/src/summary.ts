import type { FailedTest, TestCounts, TestResults } from '@slipway/reports/results';
import { isGreen, type Verdict } from './evidence.ts';

/** What the job summary tells about a build. */
export interface BuildStory {
  readonly verdict: Verdict;
  readonly results: TestResults;
  readonly repository: string;
  readonly ref: string;
  readonly commit: string;
  readonly version: string;
  readonly tool: string;
  /** Its path; empty when there is none. */
  readonly artifact: string;
}

const FAILED_SHOWN = 50;
const COLUMNS = ['tests', 'passed', 'failures', 'errors', 'skipped', 'flaky'] as const satisfies (keyof TestCounts)[];

export function renderSummary(story: BuildStory): string {
  const { verdict, results } = story;
  const parts = [
    `## ${isGreen(verdict) ? 'Built' : 'Not built'}: ${inline(story.repository)} ${inline(story.version)}`,
    `**${verdict.name}**: ${inline(verdict.sentence)}`,
    table(['commit', 'ref', 'tool', 'artifact'], [story.commit, story.ref, story.tool, story.artifact || 'none']),
    ...(results.counts.tests > 0 ? [countsTable(results.counts)] : []),
    ...(results.failed.length > 0 ? ['### Failed tests', ...failedTests(results.failed)] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The headline of a failed test: for an annotation, and for its place in the summary. */
export function failedTitle({ suite, name }: FailedTest): string {
  return suite === '' ? name : `${suite} > ${name}`;
}

function failedTests(failed: readonly FailedTest[]): string[] {
  const shown = failed
    .slice(0, FAILED_SHOWN)
    .map((test) => `- **${inline(failedTitle(test))}**: ${inline(test.message)}`);
  const left = failed.length - shown.length;
  return [[...shown, ...(left > 0 ? [`- and ${left} more: the log and the reports have them`] : [])].join('\n')];
}

function countsTable(counts: TestCounts): string {
  const values = COLUMNS.map((name) => String(counts[name]));
  return table(COLUMNS, values);
}

function table(head: readonly string[], cells: readonly string[]): string {
  return [row(head), row(head.map(() => '---')), row(cells.map(inline))].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Text of others in one line of Markdown: neither markup nor a new cell or paragraph. */
function inline(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|&~]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
