import { type Digest, isDigest } from '@slipway/kernel/digest';
import { userError } from '@slipway/kernel/errors';
import { canonicalJson, isArrayOf, isInteger, isObject, isString, parseJson } from '@slipway/kernel/json';
import { healthy, type Ledger, lastDigest, parseLedger } from '@slipway/rollout/ledger';
import type { KubeApi } from './api.ts';
import type { KubeObject } from './object.ts';
import { type KubePlace, MANAGED_BY, RECORD_LABEL, recordName } from './place.ts';
import { isRobbed, writeOnce } from './write-once.ts';

/** The oldest lines of a ledger, moved as they are into an immutable ConfigMap of that name. */
export interface Archive {
  readonly name: string;
  readonly lines: number;
  /** The digest of its last line, which the next one continues, wherever that stands. */
  readonly last: Digest;
}

/** The key of the lines, in an archive as in the records. */
export const LEDGER = 'ledger.jsonl';

const SCHEMA = 'slipway.ledger-archives/v1';
/** A ConfigMap holds 1 MiB; but the ledger goes over the line with each write of the journal. */
const MOST_BYTES = 192 * 1024;
/** Some 50 lines: most runs read no archive. */
const STAY_BYTES = 64 * 1024;

/** As `archives.json` of the records lists them, the oldest first. */
export function parseArchives(text: string | undefined): readonly Archive[] {
  const value = parseJson(text ?? '');
  return isObject(value) && value.schema === SCHEMA && isArrayOf(value.archives, isArchive) ? value.archives : [];
}

export function formatArchives(archives: readonly Archive[]): string {
  return canonicalJson({ schema: SCHEMA, archives });
}

/**
 * A ledger that may have grown too long, as it stays in the records, and where its oldest lines are. They are written
 * before anybody is told to leave them out; who dies in between leaves a copy, which the next one takes as it is.
 */
export async function makeRoom(
  ledger: string,
  archives: readonly Archive[],
  api: KubeApi,
  place: KubePlace,
): Promise<{ readonly ledger: string; readonly archives: readonly Archive[] }> {
  const oldest = oldestLines(ledger);
  if (oldest === '') return { ledger, archives };
  // No app and environment make a name with a dot.
  const name = `${recordName(place)}.ledger-${archives.length + 1}`;
  const moved = await store(name, oldest, api, place);
  if (!moved.endsWith('\n') || !ledger.startsWith(moved) || moved.length === ledger.length) {
    throw userError(
      `The ConfigMap ${name} is in the way of the oldest lines of the ledger, and holds others.`,
      `delete it: kubectl delete configmap ${name} -n ${place.namespace}`,
    );
  }
  const archive = { name, lines: moved.split('\n').length - 1, last: lastDigest(moved) };
  return { ledger: ledger.slice(moved.length), archives: [...archives, archive] };
}

/** Empty as long as there is room. The newest line always stays. */
function oldestLines(ledger: string): string {
  if (Buffer.byteLength(ledger) <= MOST_BYTES) return '';
  const lines = ledger.split(/(?<=\n)/);
  let bytes = 0;
  const first = lines.findLastIndex((line) => {
    bytes += Buffer.byteLength(line);
    return bytes > STAY_BYTES;
  });
  return lines.slice(0, Math.min(first + 1, lines.length - 1)).join('');
}

async function store(name: string, text: string, api: KubeApi, place: KubePlace): Promise<string> {
  const { namespace } = place;
  const archive = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: { ...MANAGED_BY, [RECORD_LABEL]: recordName(place) } },
    immutable: true,
    data: { [LEDGER]: text },
  };
  try {
    return textIn(await writeOnce(api, archive, ({ data }) => data));
  } catch (thrown) {
    if (!isRobbed(thrown)) throw thrown;
    return textIn(await api.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name }));
  }
}

/** Reads archives, each once: they never change. */
export function openArchives(api: Pick<KubeApi, 'get'>, { namespace }: KubePlace) {
  const texts = new Map<string, Promise<string>>();
  async function read(name: string): Promise<string> {
    const text = texts.get(name) ?? api.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name }).then(textIn);
    texts.set(name, text);
    return await text.catch((thrown: unknown) => {
      texts.delete(name);
      throw thrown;
    });
  }

  return {
    /** The lines of the records, and those before them: as far back as `keep` healthy releases, or all there are. */
    async read(ledger: string, archives: readonly Archive[], keep: number): Promise<Ledger> {
      if (keep === Number.POSITIVE_INFINITY) await Promise.all(archives.map(({ name }) => read(name)));
      let known = parseLedger(ledger, archives.at(-1)?.last);
      for (const [at, archive] of [...archives.entries()].toReversed()) {
        if (healthy(known.entries).length >= keep) break;
        const { entries, problems } = parseArchive(archive, archives[at - 1], await read(archive.name));
        known = { entries: [...entries, ...known.entries], problems: [...problems, ...known.problems] };
      }
      return known;
    },
  };
}

function parseArchive({ name, lines, last }: Archive, before: Archive | undefined, text: string): Ledger {
  if (text === '') {
    return { entries: [], problems: [`The ledger lacks ${lines} lines: the ConfigMap ${name} is not there any more.`] };
  }
  const { entries, problems } = parseLedger(text, before?.last);
  if (lastDigest(text) === last) return { entries, problems };
  return { entries, problems: [...problems, `The ledger was changed: the ConfigMap ${name} does not end as it did.`] };
}

function textIn(archive: KubeObject | undefined): string {
  const data = archive?.data;
  return isObject(data) && isString(data[LEDGER]) ? data[LEDGER] : '';
}

function isArchive(value: unknown): value is Archive {
  return isObject(value) && isString(value.name) && isInteger(value.lines) && isDigest(value.last);
}
