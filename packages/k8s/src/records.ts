import { type Digest, isDigest } from '@slipway/kernel/digest';
import { isArrayOf, isObject, isString, parseJson } from '@slipway/kernel/json';
import type { JournalLine, LedgerEntry, NewEntry } from '@slipway/rollout/entry';
import { formatJournalLine, parseJournal } from '@slipway/rollout/journal';
import { appendLine } from '@slipway/rollout/ledger';
import type { KubeApi } from './api.ts';
import { formatArchives, LEDGER, makeRoom, openArchives, parseArchives } from './ledger-archive.ts';
import type { KubeObject } from './object.ts';
import { type KubePlace, MANAGED_BY, recordRef } from './place.ts';
import { isRobbed, writeOnce } from './write-once.ts';

/** What is known of an app before anything is done. */
export interface Recorded {
  readonly entries: readonly LedgerEntry[];
  readonly journal: string;
  readonly problems: readonly string[];
  /** The digest of the set that was applied last; null when none is. */
  readonly installed: Digest | null;
  /** A run was cut off while it applied that set: what was installed before it, and may be there in part. */
  readonly cutOff: { readonly before: Digest | null } | null;
  readonly found: Found;
}

/** By digest of a set: objects of it that were in the cluster before its first start, so they are not ours to delete. */
export type Found = Readonly<Record<string, readonly string[]>>;

/** What a journal line brings along; what is absent stays as it is. */
export interface Facts {
  readonly installed?: Digest | null;
  readonly found?: Found;
}

export interface Records {
  /** Aborted when somebody else wrote since we read: who was robbed of the lease ends here. */
  readonly lost: AbortSignal;
  /** The ledger as far back as it matters for a deployment, or the whole of it. */
  read(reach?: Reach): Promise<Recorded>;
  /** Writes the line, before or after the effect, and what is so from now on. */
  note(line: Omit<JournalLine, 'schema'>, facts?: Facts): Promise<void>;
  /** A line about what is done, which is written with whatever is written next: at the latest by `flush`. */
  later(line: Omit<JournalLine, 'schema'>): void;
  flush(): Promise<void>;
  /** What is in the ledger already is not written again. What is known then comes back, as far as it was read before. */
  append(entry: NewEntry): Promise<Recorded>;
}

/** `kept`: back to the last release that is kept. */
export type Reach = 'kept' | 'whole';

/** Of a ConfigMap. */
type Data = Readonly<Record<string, string>>;

const JOURNAL = 'journal.jsonl';
const INSTALLED = 'installed';
const FOUND = 'found.json';
const ARCHIVES = 'archives.json';
/** A ConfigMap holds 1 MiB: the journal is for the run that was cut off, so its last lines are enough. */
const JOURNAL_LINES = 100;

/**
 * Ledger and journal of an app in one ConfigMap, in the very formats of the files on hosts: `kubectl get configmap -o
 * jsonpath` reads them; the oldest lines of the ledger move to archives. Each write names the version that it
 * continues; who was robbed of the lease fails there. `keep` healthy releases are always in what is read.
 */
export function createRecords(api: KubeApi, place: KubePlace, keep: number): Records {
  const ref = recordRef('ConfigMap', place);
  const archived = openArchives(api, place);
  const lost = new AbortController();
  let known: KubeObject | undefined;
  let reach: Reach = 'kept';
  let owed = '';

  async function write(data: Data): Promise<void> {
    const { name, namespace } = ref;
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }), labels: MANAGED_BY };
    const object = known ?? { apiVersion: 'v1', kind: 'ConfigMap', metadata };
    try {
      known = await writeOnce(api, { ...object, data }, dataOf);
    } catch (thrown) {
      if (isRobbed(thrown)) lost.abort(new Error('another run writes the records of this app'));
      throw thrown;
    }
  }

  async function understand(data = dataOf(known)): Promise<Recorded> {
    const most = reach === 'whole' ? Number.POSITIVE_INFINITY : keep;
    const { entries, problems } = await archived.read(data[LEDGER] ?? '', parseArchives(data[ARCHIVES]), most);
    const installed = data[INSTALLED];
    return {
      entries,
      problems,
      journal: data[JOURNAL] ?? '',
      installed: isDigest(installed) ? installed : null,
      cutOff: cutOffIn(data[JOURNAL] ?? ''),
      found: foundIn(data),
    };
  }

  /** With the oldest lines of the ledger moved away, where it has grown too long. */
  async function inShape(data: Data): Promise<Data> {
    const before = parseArchives(data[ARCHIVES]);
    const { ledger, archives } = await makeRoom(data[LEDGER] ?? '', before, api, place);
    if (archives.length === before.length) return data;
    const shorter = { ...data, [LEDGER]: ledger, [ARCHIVES]: formatArchives(archives) };
    const { entries, installed, found } = await understand(shorter);
    // Nobody brings back the sets whose deployments moved.
    const kept = new Set<string>([...entries.map(({ release }) => release.digest), installed ?? '']);
    const asked = Object.entries(found).filter(([digest]) => kept.has(digest));
    return { ...shorter, [FOUND]: JSON.stringify(Object.fromEntries(asked)) };
  }

  return {
    lost: lost.signal,
    async read(wanted = 'kept') {
      reach = wanted;
      known = await api.get(ref);
      return await understand();
    },
    async note(line, { installed, found } = {}) {
      const { [INSTALLED]: before, ...data } = dataOf(known);
      const after = installed === undefined ? before : (installed ?? undefined);
      await write({
        ...data,
        [JOURNAL]: tail(`${data[JOURNAL] ?? ''}${owed}${formatJournalLine(line)}`),
        ...(after === undefined ? {} : { [INSTALLED]: after }),
        ...(found === undefined ? {} : { [FOUND]: JSON.stringify(found) }),
      });
      owed = '';
    },
    later(line) {
      owed += formatJournalLine(line);
    },
    async flush() {
      if (owed === '') return;
      const data = dataOf(known);
      await write({ ...data, [JOURNAL]: tail(`${data[JOURNAL] ?? ''}${owed}`) });
      owed = '';
    },
    async append(entry) {
      const data = dataOf(known);
      const before = data[LEDGER] ?? '';
      const line = appendLine(before, entry);
      if (line !== '') await write(await inShape({ ...data, [LEDGER]: before + line }));
      return await understand();
    },
  };
}

function cutOffIn(journal: string): Recorded['cutOff'] {
  const line = parseJournal(journal).findLast(({ kind }) => kind === 'start' || kind === 'retire');
  if (line === undefined || line.state === 'done') return null;
  return { before: isDigest(line.before) ? line.before : null };
}

function foundIn(data: Data): Found {
  const found = parseJson(data[FOUND] ?? '{}');
  if (!isObject(found)) return {};
  return Object.fromEntries(
    Object.entries(found).flatMap(([set, refs]) => (isArrayOf(refs, isString) ? [[set, refs]] : [])),
  );
}

function dataOf(object: KubeObject | undefined): Data {
  const data = object?.data;
  if (!isObject(data)) return {};
  return Object.fromEntries(Object.entries(data).flatMap(([key, value]) => (isString(value) ? [[key, value]] : [])));
}

function tail(journal: string): string {
  return `${journal.trimEnd().split('\n').slice(-JOURNAL_LINES).join('\n')}\n`;
}
