import { type Digest, digestOf } from '@slipway/kernel/digest';
import { canonicalJson, isObject, parseJson } from '@slipway/kernel/json';
import type { LedgerEntry, NewEntry } from '@slipway/rollout/entry';
import { missingFrom, parseLedger, union } from '@slipway/rollout/ledger';

/** What one host keeps: the last whole lines of its ledger, oldest first. What came before them is not read. */
export interface LedgerCopy {
  readonly host: string;
  readonly lines: readonly string[];
}

export function entriesOf({ lines }: LedgerCopy): readonly LedgerEntry[] {
  return parseLedger(lines.join('\n')).entries;
}

/** The digest that the next line continues. */
export function lastDigest({ lines }: LedgerCopy): Digest {
  return digestOf(lines.at(-1) ?? '');
}

/** The lines that a copy lacks, chained to what it has, the added entry among them. */
export function continuation(copy: LedgerCopy, known: readonly LedgerEntry[], added: NewEntry): readonly string[] {
  const prev = lastDigest(copy);
  const own = entriesOf(copy);
  // Copies are read from their ends: what is older than all that was read here may well stand further up.
  const since = own[0]?.number ?? 0;
  const missing = missingFrom(own, union([known, [{ ...added, prev }]])).filter(({ number }) => number >= since);
  const lines: string[] = [];
  for (const entry of missing) {
    lines.push(canonicalJson({ ...entry, prev: lastDigest({ ...copy, lines: [...copy.lines, ...lines] }) }));
  }
  return lines;
}

/** Hosts that lack the newest entry. */
export function behind(copies: readonly LedgerCopy[], entries: readonly LedgerEntry[]): readonly string[] {
  const newest = entries.slice(-1);
  return copies.filter((copy) => missingFrom(entriesOf(copy), newest).length > 0).map(({ host }) => host);
}

/** Sentences about copies in which a line does not continue the one before it. */
export function brokenChains(copies: readonly LedgerCopy[]): readonly string[] {
  return copies.flatMap(({ host, lines }) => {
    const at = lines.findIndex((line, index) => index > 0 && prevOf(line) !== digestOf(lines[index - 1] ?? ''));
    if (at < 0) return [];
    const entry = parseJson(lines[at - 1] ?? '');
    const number = isObject(entry) ? String(entry.number) : '?';
    return [`The ledger of ${host} was changed after it was written, at entry ${number} or right behind it.`];
  });
}

function prevOf(line: string): unknown {
  const value = parseJson(line);
  return isObject(value) ? value.prev : undefined;
}
