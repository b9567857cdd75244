import { isDigest } from '@slipway/kernel/digest';
import { canonicalJson, isInteger, isObject, isString, parseJson } from '@slipway/kernel/json';
import type { Shares } from '@slipway/strategy/plan';
import type { SlotName } from '@slipway/strategy/topology';
import { JOURNAL_SCHEMA, type JournalLine } from './entry.ts';

/** One line with its newline, to be flushed before the effect (`intent`) and after it. */
export function formatJournalLine(line: Omit<JournalLine, 'schema'>): string {
  return `${canonicalJson({ schema: JOURNAL_SCHEMA, ...line })}\n`;
}

/** The lines that are whole and of our schema. A torn line announced an effect that never began. */
export function parseJournal(text: string): readonly JournalLine[] {
  return text.split('\n').map(parseJson).filter(isJournalLine);
}

/** Per member the last line, where it is an intent that nobody finished: what a dead run left behind. */
export function unfinished(lines: readonly JournalLine[]): readonly JournalLine[] {
  const last = new Map<string, JournalLine>();
  for (const line of lines) last.set(line.member, line);
  return [...last.values()].filter((line) => line.state === 'intent');
}

/**
 * Whether a member that is seen without traffic was drained by us: our last word on its traffic was a drain, or was
 * never finished. Else somebody outside of us did it, and it is respected.
 */
export function drainedByUs(
  own: readonly JournalLine[],
  member: string,
  routers: readonly (readonly JournalLine[])[] = [],
): boolean {
  const shiftIn = (lines: readonly JournalLine[]): readonly JournalLine[] =>
    lines.filter((line) => line.kind === 'shift' && line.member === member).slice(-1);
  const told = [...shiftIn(own), ...routers.flatMap(shiftIn)];
  // A router's host hears of every shift, the member only while it can be reached; the end of one may stand in either.
  const last = told.at(-1);
  if (last === undefined) return false;
  const ended = told.find((line) => isSameStep(line, last) && line.state === 'done') ?? last;
  return ended.state !== 'done' || Object.values(parseShares(ended.after)).every((share) => share === 0);
}

function isSameStep(a: JournalLine, b: JournalLine): boolean {
  return a.run === b.run && a.attempt === b.attempt && a.step === b.step;
}

/** Shares as `before` and `after` of a journal line hold them: `blue=0,green=100`. */
export function formatShares(shares: Shares): string {
  return Object.entries(shares)
    .map(([slot, share]) => `${slot}=${share}`)
    .join(',');
}

export function parseShares(text: string): Shares {
  const shares: Partial<Record<SlotName, number>> = {};
  for (const [, slot, share] of text.matchAll(/\b(blue|green)=(\d+)\b/g)) shares[slot as SlotName] = Number(share);
  return shares;
}

function isJournalLine(value: unknown): value is JournalLine {
  return (
    isObject(value) &&
    value.schema === JOURNAL_SCHEMA &&
    [value.run, value.kind, value.member, value.before, value.after].every(isString) &&
    [value.attempt, value.step].every(isInteger) &&
    (value.slot === null || isString(value.slot)) &&
    (value.digest === null || isDigest(value.digest)) &&
    (value.state === 'intent' || value.state === 'done' || value.state === 'failed')
  );
}
