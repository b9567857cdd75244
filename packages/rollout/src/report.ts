import { humanSeconds } from '@slipway/kernel/duration';
import { describeRelease } from '@slipway/strategy/describe';
import type { MemberReport, Result, StepReport } from './result.ts';
import type { MemberFailure } from './target.ts';

export const REPORT_SCHEMA = 'slipway.report/v1';

/** The verdict in one sentence: the last line of a log, the first of a summary. */
export function headline(result: Result): string {
  const { app, environment, previousVersion, version } = result;
  const asked = result.release === null ? app : `${app} ${result.release.version}`;
  const inService = result.members.filter((member) => member.state === 'in service').length;
  const fleet = `${inService} of ${result.members.length} members in service, ${humanSeconds(result.ms)}`;
  if (result.interrupted) return `${asked} to ${environment} was interrupted; the next run goes on from here.`;
  switch (result.outcome) {
    case 'deployed':
      return `${asked} is live in ${environment} (before: ${previousVersion ?? 'nothing'}): ${fleet}.`;
    case 'unchanged':
      return `${asked} is live in ${environment} already: nothing was changed.`;
    case 'planned':
      return `${asked} to ${environment} takes ${result.plan?.steps.length ?? 0} steps: nothing was changed.`;
    case 'superseded':
      return `${asked} was not deployed to ${environment}: ${version}, which is live, is newer.`;
    case 'rolled-back':
      return TAKEN_BACK[result.kind](result, fleet);
    case 'failed':
      return `${asked} failed in ${environment}: ${fleet}.`;
  }
}

const TAKEN_BACK: Readonly<Record<Result['kind'], (result: Result, fleet: string) => string>> = {
  deploy: ({ app, environment, release, version }, fleet) =>
    `${app} ${release?.version} failed in ${environment} and was taken back: ${version ?? 'nothing'} is live, ${fleet}.`,
  rollback: ({ app, environment, version, previousVersion }, fleet) =>
    `${environment} went back to ${app} ${version} (before: ${previousVersion ?? 'nothing'}): ${fleet}.`,
  restore: ({ app, environment, version }, fleet) =>
    `${environment} has ${app} ${version} again, as before the run that was cut off: ${fleet}.`,
};

/** The job summary: verdict, members, failures, steps, notes. */
export function summaryMarkdown(result: Result): string {
  const parts = [
    `### ${escaped(headline(result))}`,
    result.release === null ? '' : `Release ${escaped(describeRelease(result.release))}, \`${result.release.digest}\``,
    bullets(result.notes),
    table(['Member', 'Before', 'Now', 'State', 'Failure'], result.members.map(memberRow)),
    ...result.failures.map(lastWords),
    table(['Step', 'What', 'Time', 'Failed'], result.steps.map(stepRow)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** The same for machines: everything that is known of the run. */
export function reportJson(result: Result): string {
  return JSON.stringify({ schema: REPORT_SCHEMA, ...result });
}

function memberRow({ name, before, after, state, failure }: MemberReport): readonly string[] {
  return [name, before ?? '', after ?? '', state, failure ?? ''];
}

function stepRow({ number, phase, title, ms, failures }: StepReport): readonly string[] {
  const failed = failures.map(({ name }) => name).join(', ');
  return [String(number), phase === 'back' ? `back: ${title}` : title, humanSeconds(ms), failed];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  return [tableRow(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(tableRow)].join('\n');
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map(escaped).join(' | ')} |`;
}

function bullets(notes: readonly string[]): string {
  return notes.map((note) => `- ${escaped(note)}`).join('\n');
}

function lastWords({ name, what, lastLines }: MemberFailure): string {
  if (lastLines.length === 0) return '';
  const text = lastLines.join('\n');
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `<details><summary>${html(`${name}: ${what}`)}</summary>\n\n${fence}text\n${text}\n${fence}\n\n</details>`;
}

/** What others wrote stays text: no markup, no new table cell, no new line. */
function escaped(text: string): string {
  return html(text).replaceAll(/[\\|`*_[\]]/g, '\\$&');
}

function html(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/\s*\n\s*/g, ' ');
}
