import type { KubeObject } from '@slipway/k8s/object';
import { listAt, textAt } from '@slipway/k8s/rollout/fields';
import { isObject, isString } from '@slipway/kernel/json';
import type { LedgerEntry } from '@slipway/rollout/entry';
import { parseJournal } from '@slipway/rollout/journal';
import { live, parseLedger } from '@slipway/rollout/ledger';
import { type Place, REPLICAS } from './place.ts';

/** What a namespace holds, as far as it does not differ between namespaces. */
export interface Facts {
  readonly ledger: readonly string[];
  readonly journal: readonly string[];
  /** How many times the Deployment was changed. */
  readonly generation: number | undefined;
  /** Pods that each Job took to its end, by the Job's own count. */
  readonly jobs: readonly unknown[];
}

export async function factsOf(place: Place): Promise<Facts> {
  const { api, namespace } = place;
  const [records, shop, jobs] = await Promise.all([
    recordsOf(place),
    api.get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'shop' }),
    api.list({ apiVersion: 'batch/v1', kind: 'Job', namespace }),
  ]);
  return {
    ledger: records.entries.map(
      ({ number, kind, outcome, release }) => `${number} ${kind} ${outcome} ${release.version}`,
    ),
    journal: parseJournal(records.journal).map(({ run, step, kind, state }) => `${run}.${step} ${kind} ${state}`),
    generation: shop?.metadata.generation,
    jobs: jobs.items.map((each) => (isObject(each.status) ? each.status.succeeded : undefined)),
  };
}

/** Why this version is not what is live, runs and is recorded, once and last by such a run; empty = it is. */
export async function whyNotLive(
  place: Place,
  version: string,
  kind: LedgerEntry['kind'] | undefined,
): Promise<readonly string[]> {
  const [{ entries, problems }, pods, jobs] = await Promise.all([
    recordsOf(place),
    podsOf(place),
    jobsOf(place, version),
  ]);
  const recorded = entries.filter((entry) => entry.kind === 'deploy' && entry.release.version === version);
  const last = entries.at(-1)?.kind;
  return [
    ...problems,
    ...(live(entries)?.version === version ? [] : [`the ledger calls ${live(entries)?.version} live`]),
    ...(kind === undefined || last === kind ? [] : [`the last entry is a ${last}`]),
    ...(recorded.length === 1 ? [] : [`${recorded.length} entries for its deployment`]),
    ...(pods.length === REPLICAS ? [] : [`${pods.length} pods`]),
    ...pods.flatMap((pod) => (versionOf(pod) === version ? [] : [`a pod of ${versionOf(pod)}`])),
    ...(jobs.length === 1 ? [] : [`its Job is there ${jobs.length} times`]),
  ];
}

async function recordsOf({ api, namespace }: Place) {
  const object = await api.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'slipway-shop-production' });
  const data = isObject(object?.data) ? object.data : {};
  const text = (name: string): string => (isString(data[name]) ? data[name] : '');
  return { ...parseLedger(text('ledger.jsonl')), journal: text('journal.jsonl') };
}

/** Pods of the shop that are there to stay. */
async function podsOf({ api, namespace }: Place): Promise<readonly KubeObject[]> {
  const { items } = await api.list({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector: 'app=shop' });
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

async function jobsOf({ api, namespace }: Place, version: string): Promise<readonly KubeObject[]> {
  const { items } = await api.list({ apiVersion: 'batch/v1', kind: 'Job', namespace });
  return items.filter((each) => versionIn(listAt(each, 'spec', 'template', 'spec', 'containers')[0]) === version);
}

function versionOf(pod: KubeObject): string {
  return versionIn(listAt(pod, 'spec', 'containers')[0]);
}

function versionIn(container: unknown): string {
  return textAt(
    listAt(container, 'env').find(({ name }) => name === 'VERSION'),
    'value',
  );
}
