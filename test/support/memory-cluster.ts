import { ApiRefusal, type KubeApi, type KubeList, type ListQuery, type WatchEvent } from '@slipway/k8s/api';
import type { KubeObject, ObjectRef } from '@slipway/k8s/object';
import { canonicalJson } from '@slipway/kernel/json';
import { reconcile } from './memory-controllers.ts';

export type Verb = 'apply' | 'create' | 'replace' | 'mergePatch' | 'remove';

/** One write that changed something, or tried to. */
export interface Write {
  readonly verb: Verb;
  /** `Deployment shop`. */
  readonly what: string;
}

/** A cluster in memory: versions, conflicts and generations are kept as the API server keeps them. */
export interface MemoryCluster {
  readonly api: KubeApi;
  /** As somebody else, or a controller, would. */
  readonly objects: Map<string, KubeObject>;
  readonly writes: Write[];
  /** Called after each write that changed something. */
  onChange: () => void;
  put(object: KubeObject): KubeObject;
  take(kind: string, name: string): void;
  all(kind: string): readonly KubeObject[];
  one(kind: string, name: string): KubeObject | undefined;
}

const CLUSTER_WIDE = new Set(['Namespace', 'CustomResourceDefinition', 'ClusterRole', 'PersistentVolume', 'Node']);

export function memoryCluster(): MemoryCluster {
  const objects = new Map<string, KubeObject>();
  const versions = { last: 0 };
  const watchers = new Set<(event: WatchEvent) => void>();

  const cluster: MemoryCluster = {
    api: createApi(),
    objects,
    writes: [],
    onChange: nothing,
    put(object) {
      const stored = store(object);
      settle();
      return stored;
    },
    take(kind, name) {
      for (const [key, object] of objects) if (object.kind === kind && object.metadata.name === name) drop(key, object);
      settle();
    },
    all: (kind) => [...objects.values()].filter((object) => object.kind === kind),
    one: (kind, name) => cluster.all(kind).find(({ metadata }) => metadata.name === name),
  };
  return cluster;

  function store(object: KubeObject): KubeObject {
    const key = keyOf(object);
    const before = objects.get(key);
    if (before !== undefined && plain(before) === plain(object)) return before;
    versions.last += 1;
    const same = before !== undefined && canonicalJson(before.spec ?? null) === canonicalJson(object.spec ?? null);
    const stored: KubeObject = {
      ...object,
      metadata: {
        ...object.metadata,
        uid: before?.metadata.uid ?? `uid-${versions.last}`,
        generation: before === undefined ? 1 : (before.metadata.generation ?? 1) + (same ? 0 : 1),
        resourceVersion: String(versions.last),
      },
    };
    objects.set(key, stored);
    tell({ type: before === undefined ? 'ADDED' : 'MODIFIED', object: stored });
    return stored;
  }

  function drop(key: string, object: KubeObject): void {
    objects.delete(key);
    tell({ type: 'DELETED', object });
  }

  function settle(): void {
    reconcile({ objects, store, drop: (object) => drop(keyOf(object), object) });
    cluster.onChange();
  }

  function tell(event: WatchEvent): void {
    for (const watcher of watchers) watcher(event);
  }

  function wrote(verb: Verb, ref: ObjectRef): void {
    cluster.writes.push({ verb, what: `${ref.kind} ${ref.name}` });
    settle();
  }

  function createApi(): KubeApi {
    return {
      get: async (ref) => objects.get(keyOfRef(ref)),
      list: async (query) => listed(query),
      async apply(wanted, { dryRun = false } = {}) {
        const before = objects.get(keyOf(wanted));
        if (dryRun) return { ...before, ...wanted, metadata: { ...before?.metadata, ...wanted.metadata } };
        // What others set stays, as far as we do not set it too: here that is the status alone.
        const merged = before?.status === undefined ? wanted : { ...wanted, status: before.status };
        store(merged);
        wrote('apply', refAt(wanted));
        return objects.get(keyOf(wanted)) ?? wanted;
      },
      async create(wanted) {
        if (objects.has(keyOf(wanted))) throw new ApiRefusal(409, 'AlreadyExists', 'it exists already', []);
        const stored = store(wanted);
        wrote('create', refAt(wanted));
        return stored;
      },
      async replace(wanted) {
        const before = objects.get(keyOf(wanted));
        if (before === undefined) throw new ApiRefusal(404, 'NotFound', 'there is no such object', []);
        if (before.metadata.resourceVersion !== wanted.metadata.resourceVersion) {
          throw new ApiRefusal(409, 'Conflict', 'the object has been modified', []);
        }
        const stored = store(wanted);
        wrote('replace', refAt(wanted));
        return stored;
      },
      async mergePatch() {
        throw new Error('nobody patches here');
      },
      async remove(ref) {
        const object = objects.get(keyOfRef(ref));
        if (object === undefined) return;
        drop(keyOf(object), object);
        wrote('remove', ref);
      },
      watch,
      logs: async () => '',
      review: async ({ apiVersion, kind }) => ({
        apiVersion: String(apiVersion),
        kind: String(kind),
        metadata: { name: '' },
        status: { allowed: true },
      }),
      isNamespaced: async (_apiVersion, kind) => !CLUSTER_WIDE.has(kind),
      resource: async (_apiVersion, kind) => ({
        name: `${kind.toLowerCase()}s`,
        namespaced: !CLUSTER_WIDE.has(kind),
      }),
    };
  }

  function listed(query: ListQuery): KubeList {
    const items = [...objects.values()].filter((object) => isIn(object, query));
    return { items, resourceVersion: String(versions.last) };
  }

  async function* watch(query: ListQuery, signal: AbortSignal): AsyncIterable<KubeList | WatchEvent> {
    const queue: WatchEvent[] = [];
    let wake = nothing;
    const watcher = (event: WatchEvent): void => {
      if (isIn(event.object, query)) queue.push(event);
      wake();
    };
    watchers.add(watcher);
    const stop = (): void => wake();
    signal.addEventListener('abort', stop);
    try {
      yield listed(query);
      while (!signal.aborted) {
        const event = queue.shift();
        if (event !== undefined) yield event;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      watchers.delete(watcher);
      signal.removeEventListener('abort', stop);
    }
  }
}

function nothing(): void {}

function isIn(object: KubeObject, { apiVersion, kind, namespace, labelSelector, fieldSelector }: ListQuery): boolean {
  const { metadata } = object;
  const labels = (labelSelector ?? '').split(',').filter((part) => part !== '');
  const field = /^metadata\.name=(.*)$/.exec(fieldSelector ?? '');
  return (
    object.kind === kind &&
    object.apiVersion === apiVersion &&
    (namespace === undefined || metadata.namespace === namespace) &&
    (field === null || metadata.name === field[1]) &&
    labels.every((part) => {
      const [key = '', value] = part.split('=');
      const found = metadata.labels?.[key];
      return value === undefined ? found !== undefined : found === value;
    })
  );
}

function refAt({ apiVersion, kind, metadata }: KubeObject): ObjectRef {
  return { apiVersion, kind, name: metadata.name };
}

function keyOf({ apiVersion, kind, metadata }: KubeObject): string {
  return `${apiVersion} ${kind} ${metadata.namespace ?? ''} ${metadata.name}`;
}

function keyOfRef({ apiVersion, kind, namespace, name }: ObjectRef): string {
  return `${apiVersion} ${kind} ${namespace ?? ''} ${name}`;
}

function plain({ metadata, ...rest }: KubeObject): string {
  const { uid: _uid, generation: _generation, resourceVersion: _version, ...kept } = metadata;
  return canonicalJson({ ...rest, metadata: kept });
}
