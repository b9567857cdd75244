import assert from 'node:assert/strict';
import { systemClock } from '@slipway/effects/clock';
import type { KubeApi, ListQuery } from '@slipway/k8s/api';
import { createWorks } from '@slipway/k8s/cluster-works';
import { type KubeObject, refOf } from '@slipway/k8s/object';
import { awaitRollout } from '@slipway/k8s/rollout/await-rollout';
import type { RolloutTrouble } from '@slipway/k8s/rollout/explain';
import { RolloutFailure } from '@slipway/k8s/rollout/failure';
import { awaitedOf } from '@slipway/k8s/rollout/scene';
import type { Trouble } from '@slipway/k8s/works';
import type { Cluster } from '../../lab/k8s/cluster.ts';
import { type AppOptions, podTemplate } from '../../lab/k8s/pod.ts';
import { keptLog } from '../../support/kept-log.ts';

export interface Place {
  readonly api: KubeApi;
  readonly cluster: Cluster;
  readonly namespace: string;
}

export interface Rolled {
  readonly told: readonly string[];
  readonly ms: number;
  readonly written: readonly KubeObject[];
}

export async function rollOut(
  { api }: Place,
  objects: readonly object[],
  timeoutMs = 60_000,
  meanwhile: () => Promise<void> = async () => {},
): Promise<Rolled> {
  const log = keptLog();
  const written = await Promise.all(objects.map((object) => api.apply(object as KubeObject, { force: true })));
  const began = performance.now();
  const { signal } = new AbortController();
  const waited = awaitRollout(written.map(awaitedOf), api, { timeoutMs, signal, clock: systemClock, log });
  await Promise.all([waited, meanwhile()]);
  return { told: log.told.map(([, text]) => text), ms: performance.now() - began, written };
}

/** The trouble of the only workload, and when it was told. */
export async function rejected(
  place: Place,
  objects: readonly object[],
  timeoutMs: number,
  meanwhile?: () => Promise<void>,
): Promise<{ readonly trouble: RolloutTrouble; readonly at: number }> {
  try {
    await rollOut(place, objects, timeoutMs, meanwhile);
  } catch (thrown) {
    const at = performance.now();
    if (!(thrown instanceof RolloutFailure)) throw thrown;
    const [trouble] = thrown.troubles;
    assert.ok(trouble !== undefined && thrown.troubles.length === 1);
    return { trouble, at };
  }
  assert.fail('it was rolled out');
}

/** The same of a Job that is run as a release brings it: the first of the objects. */
export async function failedJob(
  { api }: Place,
  [job]: readonly object[],
  timeoutMs: number,
): Promise<{ readonly trouble: Trouble; readonly at: number }> {
  const works = createWorks({ api, clock: systemClock, log: keptLog(), force: true, timeoutMs });
  const [trouble] = await works.runJobs([job as KubeObject], new AbortController().signal);
  const at = performance.now();
  assert.ok(trouble !== undefined, 'it ran to a good end');
  return { trouble, at };
}

/** What is looked for by somebody else than the code under test. */
export interface Sight {
  readonly query: Pick<ListQuery, 'apiVersion' | 'kind'>;
  readonly isTerminal: (object: KubeObject) => boolean;
}

/** When the state is seen for the first time, by a watch of its own. */
export async function firstSight(
  { api, namespace }: Place,
  { query, isTerminal }: Sight,
  signal: AbortSignal,
): Promise<number> {
  let isOpen = false;
  for await (const seen of api.watch({ ...query, namespace }, signal)) {
    const objects = 'items' in seen ? seen.items : [seen.object];
    if (isOpen && objects.some(isTerminal)) return performance.now();
    isOpen = true;
  }
  return Number.NaN;
}

export async function removeAll({ api }: Place, objects: readonly object[]): Promise<void> {
  await Promise.all(objects.map((object) => api.remove(refOf(object as KubeObject))));
}

export function shop({ namespace, cluster }: Place, more: Partial<AppOptions> = {}): AppOptions {
  return { image: image({ cluster }, 'v1'), namespace, preStop: 0, replicas: 3, ...more };
}

export function image({ cluster }: Pick<Place, 'cluster'>, version: string): string {
  return `${cluster.registry.push}/app:${version}`;
}

/** Ordered pods without volumes. */
export function orderedSet(options: AppOptions): object {
  const { name = 'shop', namespace, replicas } = options;
  const selector = { matchLabels: { app: name } };
  const spec = { serviceName: name, replicas, selector, template: podTemplate(options) };
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name, namespace }, spec };
}

export function barePod(options: AppOptions): object {
  const { name = 'pod', namespace } = options;
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec: podTemplate(options).spec };
}
