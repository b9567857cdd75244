import { type Digest, digestOf, isDigest } from '@slipway/kernel/digest';
import { isProblems } from '@slipway/kernel/errors';
import { canonicalJson, isArrayOf, isInteger, isObject, isString, parseJson } from '@slipway/kernel/json';
import { isRunRef, parseRelease, type ReleaseId, type ReleaseRecord, releaseId } from '@slipway/kernel/release';
import { LEDGER_SCHEMA, type LedgerEntry, type NewEntry } from './entry.ts';

/** One copy, read. Lines of schemas that we do not know stay in the file and in the chain. */
export interface Ledger {
  readonly entries: readonly LedgerEntry[];
  /** What is wrong with the copy, in sentences; the rest of it is still good. */
  readonly problems: readonly string[];
}

/**
 * `continued` is the digest of the line before the first one, which stands elsewhere; `end`: the text lacks lines at its
 * beginning, so nobody knows what its first line continues. Without it the text is whole.
 */
export function parseLedger(text: string, continued: Digest | 'end' = chainedTo(undefined)): Ledger {
  const entries: LedgerEntry[] = [];
  const problems: string[] = [];
  const lines = linesOf(text);
  for (const [index, line] of lines.entries()) {
    const value = parseJson(line);
    const last = entries.at(-1);
    const where = last === undefined ? 'at its beginning' : `behind entry ${last.number}`;
    if (value === undefined) {
      problems.push(`The ledger has a torn line ${where}: whoever wrote it was interrupted.`);
    } else if (isObject(value) && value.schema === LEDGER_SCHEMA) {
      if (!isEntry(value)) problems.push(`The ledger has a line with wrong fields ${where}: it is left out.`);
      else entries.push(value);
      const before = index > 0 ? chainedTo(lines[index - 1]) : continued;
      if (before !== 'end' && value.prev !== before) {
        problems.push(`The ledger was changed: the line ${where} does not continue what stands before it.`);
      }
    }
  }
  return { entries, problems };
}

/** The digest that the next line continues. */
export function lastDigest(text: string): Digest {
  return chainedTo(linesOf(text).at(-1));
}

/**
 * What to append to a copy, newline included, so that it holds the entry; nothing when it already does. A torn last
 * line is closed and stays, since a ledger is only ever appended to.
 */
export function appendLine(text: string, entry: NewEntry): string {
  if (parseLedger(text).entries.some((known) => keyOf(known) === keyOf(entry))) return '';
  const line = canonicalJson({ ...entry, prev: lastDigest(text) } satisfies LedgerEntry);
  return text === '' || text.endsWith('\n') ? `${line}\n` : `\n${line}\n`;
}

/** What to append to a copy, of which perhaps only the end was read: the known entries that it lacks, and the added one. */
export function continuation(text: string, known: readonly NewEntry[], added: NewEntry): string {
  const own = parseLedger(text, 'end').entries;
  // What is older than all that was read may well stand further up.
  const since = own[0]?.number ?? 0;
  const missing = missingFrom(own, union<NewEntry>([known, [added]])).filter(({ number }) => number >= since);
  return missing.reduce((more, entry) => more + appendLine(text + more, entry), '');
}

/** All copies as one: by number, a deploy before a rollback, then by run. */
export function union<T extends NewEntry>(copies: readonly (readonly T[])[]): readonly T[] {
  const known = new Map<string, T>();
  for (const entry of copies.flat()) {
    if (!known.has(keyOf(entry))) known.set(keyOf(entry), entry);
  }
  return [...known.values()].toSorted(
    (a, b) => a.number - b.number || compare(a.kind, b.kind) || compare(a.run.id, b.run.id),
  );
}

/** Whether a copy lacks the newest of all entries. */
export function isBehind(copy: readonly NewEntry[], all: readonly NewEntry[]): boolean {
  return missingFrom(copy, all.slice(-1)).length > 0;
}

function missingFrom(copy: readonly NewEntry[], all: readonly NewEntry[]): readonly NewEntry[] {
  const known = new Set(copy.map(keyOf));
  return all.filter((entry) => !known.has(keyOf(entry)));
}

export function nextNumber(entries: readonly LedgerEntry[]): number {
  return Math.max(0, ...entries.map((entry) => entry.number)) + 1;
}

/** A deployment that ended with its release live and healthy everywhere. */
export function succeeded(entry: NewEntry): boolean {
  return entry.outcome === (entry.kind === 'deploy' ? 'deployed' : 'rolled-back');
}

/** What the last successful deployment made live. */
export function live(entries: readonly LedgerEntry[]): ReleaseRecord | null {
  return entries.findLast(succeeded)?.release ?? null;
}

/** The same, with the configuration that it runs with. */
export function liveId(entries: readonly LedgerEntry[]): ReleaseId | null {
  const entry = entries.findLast(succeeded);
  return entry === undefined ? null : idOf(entry);
}

/** What a deployment was about: its release, with its configuration. */
export function idOf({ release, config }: Pick<LedgerEntry, 'release' | 'config'>): ReleaseId {
  return { ...releaseId(release), ...(config === undefined ? {} : { config }) };
}

/** The deployments that finished healthy, the newest first, each release with each configuration once. */
export function healthyDeployments(entries: readonly LedgerEntry[]): readonly LedgerEntry[] {
  const known = new Map<string, LedgerEntry>();
  for (const entry of entries.filter(succeeded).toReversed()) {
    const key = `${entry.release.digest} ${entry.config ?? ''}`;
    if (!known.has(key)) known.set(key, entry);
  }
  return [...known.values()];
}

/** The releases that finished healthy, the newest first, each once. */
export function healthy(entries: readonly LedgerEntry[]): readonly ReleaseRecord[] {
  const known = new Map<Digest, ReleaseRecord>();
  for (const { release } of entries.filter(succeeded).toReversed()) {
    if (!known.has(release.digest)) known.set(release.digest, release);
  }
  return [...known.values()];
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function chainedTo(line: string | undefined): Digest {
  return digestOf(line ?? '');
}

/** Which deployment it is, whatever file it stands in. */
function keyOf({ number, kind, run }: NewEntry): string {
  return `${number} ${kind} ${run.id}.${run.attempt}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isEntry(value: unknown): value is LedgerEntry {
  return isObject(value) && Object.entries(FIELDS).every(([field, valid]) => valid(value[field]));
}

const isStrings = (value: unknown): boolean => isArrayOf(value, isString);
const isAbsentOrString = (value: unknown): boolean => value === undefined || isString(value);
const oneOf =
  (...allowed: readonly string[]) =>
  (value: unknown): boolean =>
    isString(value) && allowed.includes(value);

const FIELDS: Readonly<Record<keyof LedgerEntry, (value: unknown) => boolean>> = {
  schema: (v) => v === LEDGER_SCHEMA,
  number: (v) => isInteger(v) && v > 0,
  kind: oneOf('deploy', 'rollback'),
  outcome: oneOf('deployed', 'rolled-back', 'failed'),
  app: isString,
  environment: isString,
  strategy: isString,
  release: (v) => !isProblems(parseRelease(v)),
  config: isAbsentOrString,
  settings: (v) => v === undefined || (isObject(v) && Object.values(v).every(isString)),
  previous: (v) => v === null || (isObject(v) && isString(v.version) && isDigest(v.digest)),
  bad: (v) => v === null || isDigest(v),
  badConfig: isAbsentOrString,
  run: (v) => isRunRef(v) && 'actor' in v && isString(v.actor),
  hosts: isStrings,
  balancers: isStrings,
  at: isString,
  ms: (v) => typeof v === 'number' && v >= 0,
  prev: isDigest,
};
