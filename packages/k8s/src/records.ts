import { isObject, isString } from '@slipway/kernel/json';
import type { JournalLine, LedgerEntry, NewEntry } from '@slipway/rollout/entry';
import { formatJournalLine } from '@slipway/rollout/journal';
import { appendLine, parseLedger } from '@slipway/rollout/ledger';
import { ApiRefusal, type KubeApi } from './api.ts';
import type { KubeObject } from './object.ts';
import { type KubePlace, MANAGED_BY, recordRef } from './place.ts';

/** What is known of an app before anything is done. */
export interface Recorded {
  readonly entries: readonly LedgerEntry[];
  readonly journal: string;
  readonly problems: readonly string[];
  /** The digest of the set that was applied last; null when none ever was. */
  readonly installed: string | null;
}

export interface Records {
  read(): Promise<Recorded>;
  /** Writes the intent, and what is installed from now on, before or after the effect. */
  note(line: JournalLine, installed?: string | null): Promise<void>;
  append(entry: NewEntry): Promise<void>;
}

const LEDGER = 'ledger.jsonl';
const JOURNAL = 'journal.jsonl';
const INSTALLED = 'installed';
/** A ConfigMap holds 1 MiB: the journal is for the run that was cut off, so its last lines are enough. */
const JOURNAL_LINES = 100;

/**
 * Ledger and journal of an app in one ConfigMap, in the very formats of the files on hosts: `kubectl get configmap -o
 * jsonpath` reads them. Each write names the version that it continues; who was robbed of the lease fails there.
 */
export function createRecords(api: KubeApi, place: KubePlace): Records {
  const ref = recordRef('ConfigMap', place);
  let known: KubeObject | undefined;

  async function write(change: (data: Readonly<Record<string, string>>) => Record<string, string>): Promise<void> {
    if (known === undefined) {
      const { name, namespace } = ref;
      const metadata = { name, ...(namespace === undefined ? {} : { namespace }), labels: MANAGED_BY };
      known = await api.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: change({}) });
    } else {
      known = await api.replace({ ...known, data: change(dataOf(known)) });
    }
  }

  return {
    async read() {
      known = await api.get(ref);
      const data = dataOf(known);
      const { entries, problems } = parseLedger(data[LEDGER] ?? '');
      return { entries, problems, journal: data[JOURNAL] ?? '', installed: data[INSTALLED] ?? null };
    },
    note: (line, installed) =>
      write((data) => ({
        ...data,
        [JOURNAL]: tail(`${data[JOURNAL] ?? ''}${formatJournalLine(line)}`),
        ...(installed === undefined || installed === null ? {} : { [INSTALLED]: installed }),
      })),
    append: (entry) =>
      write((data) => ({ ...data, [LEDGER]: `${data[LEDGER] ?? ''}${appendLine(data[LEDGER] ?? '', entry)}` })),
  };
}

export function isRobbed(thrown: unknown): boolean {
  return thrown instanceof ApiRefusal && (thrown.reason === 'Conflict' || thrown.reason === 'AlreadyExists');
}

function dataOf(object: KubeObject | undefined): Readonly<Record<string, string>> {
  const data = object?.data;
  if (!isObject(data)) return {};
  return Object.fromEntries(Object.entries(data).flatMap(([key, value]) => (isString(value) ? [[key, value]] : [])));
}

function tail(journal: string): string {
  return `${journal.trimEnd().split('\n').slice(-JOURNAL_LINES).join('\n')}\n`;
}
