import type { Clock } from '@slipway/effects/clock';
import { ApiRefusal, type KubeApi } from '@slipway/k8s/api';
import { type ClusterResult, type ClusterSettings, type ClusterTask, runByApi } from '@slipway/k8s/cluster-run';
import type { KubeObject } from '@slipway/k8s/object';
import { isObject, isString } from '@slipway/kernel/json';
import type { LedgerEntry } from '@slipway/rollout/entry';
import { parseLedger } from '@slipway/rollout/ledger';
import { type KeptLog, keptLog } from './kept-log.ts';
import { type MemoryCluster, memoryCluster, type Write } from './memory-cluster.ts';
import { virtualClock } from './virtual-clock.ts';

/** A cluster in memory, and runs on it one after the other. */
export interface ClusterLab {
  readonly cluster: MemoryCluster;
  readonly clock: Clock;
  readonly log: KeptLog;
}

export const settings: ClusterSettings = {
  app: 'shop',
  environment: 'production',
  namespace: 'web',
  rolloutTimeout: 60_000,
  forceConflicts: false,
  lockWait: 600_000,
  lease: 30_000,
  keep: 5,
};

export function clusterLab(): ClusterLab {
  return { cluster: memoryCluster(), clock: virtualClock(), log: keptLog() };
}

let runs = 0;

export interface RunOptions {
  readonly api?: KubeApi;
  readonly settings?: Partial<ClusterSettings>;
  readonly formerHolder?: string;
  readonly signal?: AbortSignal;
  readonly remember?: (holder: string) => void;
  readonly mode?: 'apply' | 'plan';
}

export function runTask(lab: ClusterLab, task: ClusterTask, options: RunOptions = {}): Promise<ClusterResult> {
  runs += 1;
  const id = String(runs);
  return runByApi({ ...settings, ...options.settings }, task, {
    api: options.api ?? lab.cluster.api,
    lost: new AbortController().signal,
    clock: lab.clock,
    log: lab.log,
    signal: options.signal ?? new AbortController().signal,
    run: { id, attempt: 1, number: runs, url: `https://ci.example/runs/${id}`, actor: 'ada' },
    remember: options.remember ?? ((): void => {}),
    formerHolder: options.formerHolder,
  });
}

/** Brings objects to the cluster under the name of a version. */
export function bring(
  lab: ClusterLab,
  version: string,
  objects: readonly KubeObject[],
  options: RunOptions = {},
): Promise<ClusterResult> {
  return runTask(lab, taskOf(version, objects, options.mode), options);
}

export function taskOf(version: string, objects: readonly KubeObject[], mode: 'apply' | 'plan' = 'apply'): ClusterTask {
  return {
    kind: 'deploy',
    mode,
    allowOlder: true,
    ingredients: {
      manifests: objects.map((object) => ({ object, at: 'a test' })),
      images: [],
      origin: {
        version,
        repository: 'acme/shop',
        ref: 'refs/heads/main',
        sha: 'c'.repeat(40),
        run: { id: '1', attempt: 1, number: 1, url: 'https://ci.example/runs/1' },
        now: Date.UTC(2026, 0, 1),
      },
    },
  };
}

export function rollBack(lab: ClusterLab, to = '', options: RunOptions = {}): Promise<ClusterResult> {
  return runTask(lab, { kind: 'rollback', mode: options.mode ?? 'apply', to }, options);
}

export function ledgerOf({ cluster }: ClusterLab): readonly LedgerEntry[] {
  const data = cluster.one('ConfigMap', 'slipway-shop-production')?.data;
  return parseLedger(isObject(data) && isString(data['ledger.jsonl']) ? data['ledger.jsonl'] : '').entries;
}

/** An API that counts what is written, and at the n-th write dies: before or after it was done. */
export function mortalApi(
  api: KubeApi,
  dieAt: number,
  when: 'before' | 'after',
): { readonly api: KubeApi; readonly died: Promise<void> } {
  const death = Promise.withResolvers<void>();
  let count = 0;
  let isDead = false;
  // A dead process: neither an answer nor an error will ever come.
  const never = (): Promise<never> => {
    isDead = true;
    death.resolve();
    return new Promise(() => {});
  };
  async function write<T>(effect: () => Promise<T>): Promise<T> {
    if (isDead) return await never();
    count += 1;
    const isLast = count === dieAt;
    if (isLast && when === 'before') return await never();
    const done = await effect();
    return isLast ? await never() : done;
  }
  const read = async <T>(ask: () => Promise<T>): Promise<T> => (isDead ? await never() : await ask());
  return {
    died: death.promise,
    api: {
      ...api,
      get: (ref) => read(() => api.get(ref)),
      list: (query) => read(() => api.list(query)),
      apply: (object, options) =>
        options?.dryRun === true ? read(() => api.apply(object, options)) : write(() => api.apply(object, options)),
      create: (object) => write(() => api.create(object)),
      replace: (object) => write(() => api.replace(object)),
      remove: (ref, options) => write(() => api.remove(ref, options)),
    },
  };
}

/**
 * An API whose writes that cannot be repeated break one time in ten: half of them before they are done, half after. The
 * others are tried again by the transport itself.
 */
export function flakyApi(api: KubeApi, throws: Iterator<number>): KubeApi {
  async function broken<T>(effect: () => Promise<T>): Promise<T> {
    const dice = throws.next();
    const thrown = dice.done === true ? 99 : dice.value;
    if (thrown < 5) throw new Error('socket hang up');
    const done = await effect();
    if (thrown < 10) throw new ApiRefusal(500, 'InternalError', 'etcdserver: request timed out', []);
    return done;
  }
  return {
    ...api,
    create: (object) => broken(() => api.create(object)),
    replace: (object) => broken(() => api.replace(object)),
  };
}

/** An API whose every answer takes this long; what is asked at the same time is answered at the same time. */
export function slowApi(api: KubeApi, clock: Clock, ms: number): KubeApi {
  const later = async <T>(ask: () => Promise<T>): Promise<T> => {
    await clock.sleep(ms);
    return await ask();
  };
  return {
    ...api,
    get: (ref) => later(() => api.get(ref)),
    list: (query) => later(() => api.list(query)),
    apply: (object, options) => later(() => api.apply(object, options)),
    create: (object) => later(() => api.create(object)),
    replace: (object) => later(() => api.replace(object)),
    remove: (ref, options) => later(() => api.remove(ref, options)),
    review: (object) => later(() => api.review(object)),
  };
}

/** Writes that are no sign of life. */
export function withoutLease(writes: readonly Write[]): readonly Write[] {
  return writes.filter(({ what }) => !what.startsWith('Lease '));
}
