import { closest } from '@slipway/kernel/closest';
import { parseDuration } from '@slipway/kernel/duration';
import type { Problem } from '@slipway/kernel/errors';
import { splitWords } from '@slipway/kernel/words';

/** When a hook runs; see the README of deploy-vm for what each may do. */
export const MOMENTS = ['before-stage', 'after-start', 'before-shift', 'after-deploy', 'on-failure'] as const;
export type Moment = (typeof MOMENTS)[number];

/** `host`: on each member; `once`: on the first one, once in a run; `runner`: on the runner, once for each step. */
export const PLACES = ['host', 'runner', 'once'] as const;

export interface Hook {
  readonly moment: Moment;
  readonly on: (typeof PLACES)[number];
  readonly argv: readonly [string, ...string[]];
  readonly timeoutMs: number;
}

export const HOOK_TIMEOUT_MS = 5 * 60_000;

const LINE = /^(?<moment>[^\s:]+)\s+on\s+(?<on>[^\s:]+)(?:\s+within\s+(?<within>[^\s:]+))?\s*:\s+(?<command>\S.*)$/;
const FORM = `MOMENT on ${PLACES.join('|')} [within 5m]: PROGRAM ARGUMENTS`;
const SHOWN = 80;
const EXAMPLE = 'after-start on host: bin/warm-up';

/** Reads the `hooks` input, one hook a line: `after-start on host within 2m: bin/warm-up --all`. */
export function parseHooks(lines: readonly string[]): { readonly hooks: readonly Hook[] } | readonly Problem[] {
  const read = lines.filter((line) => !line.startsWith('#')).map(parseHook);
  const problems = read.flatMap((result) => ('what' in result ? [result] : []));
  return problems.length > 0 ? problems : { hooks: read.flatMap((result) => ('what' in result ? [] : [result])) };
}

/** Reads a program with its arguments; no shell takes part unless it is named. */
export function parseCommand(input: string, text: string): { readonly argv: Hook['argv'] } | readonly Problem[] {
  const [program, ...rest] = splitWords(text) ?? [];
  if (program !== undefined && program !== '') return { argv: [program, ...rest] };
  const allowed = 'a program and its arguments; quotes keep blanks together';
  return [{ what: `${input}: this is no command.`, got: text, allowed, fix: `${input}: bin/${input} --all` }];
}

/** As it is written, for plans, titles and errors. */
export function describeHook({ moment, on, argv }: Hook): string {
  return `${moment} on ${on}: ${describeCommand(argv)}`;
}

/** In one line, and not in all its length. */
export function describeCommand(argv: Hook['argv']): string {
  const text = argv.join(' ').replaceAll(/\s+/g, ' ');
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}...`;
}

function parseHook(line: string): Hook | Problem {
  const parts = LINE.exec(line)?.groups;
  const refused = (what: string, allowed: string): Problem => ({
    what: `hooks: ${what}`,
    got: line,
    allowed,
    fix: EXAMPLE,
  });
  if (parts === undefined) return refused('this line is no hook.', FORM);
  const { moment = '', on = '', within, command = '' } = parts;
  const known = MOMENTS.find((word) => word === moment);
  const near = closest(moment, MOMENTS);
  if (known === undefined) {
    return refused(
      `"${moment}" is no moment.${near === undefined ? '' : ` Did you mean "${near}"?`}`,
      MOMENTS.join(', '),
    );
  }
  const place = PLACES.find((word) => word === on);
  if (place === undefined) return refused(`"${on}" is no place to run it.`, PLACES.join(', '));
  const timeoutMs = within === undefined ? HOOK_TIMEOUT_MS : parseDuration(within);
  if (timeoutMs === undefined || timeoutMs === 0)
    return refused(`"${within}" is no time.`, 'a duration like 30s or 5m');
  const [program, ...rest] = splitWords(command) ?? [];
  if (program === undefined || program === '') return refused('a quote is never closed.', FORM);
  return { moment: known, on: place, argv: [program, ...rest], timeoutMs };
}
