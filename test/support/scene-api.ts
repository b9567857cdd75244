import { ApiRefusal, type KubeApi, type KubeList, type ListQuery, type WatchEvent } from '@slipway/k8s/api';
import type { KubeObject, ObjectRef } from '@slipway/k8s/object';
import { fakeKubeApi } from './fake-kube-api.ts';
import type { Moment } from './kube-scenes.ts';

/** A moment of a real cluster that goes on as the test has it. */
export interface SceneApi {
  readonly api: KubeApi;
  put(object: KubeObject): void;
  take(object: KubeObject): void;
  /** What was deleted, with the uid that was named. */
  readonly removed: (ObjectRef & { readonly uid?: string })[];
  /** Kinds that were listed once, without a watch. */
  readonly listed: string[];
  /** Watches that are open. */
  open(): number;
}

export interface SceneOptions {
  /** Kinds that we may not see. */
  readonly forbidden?: readonly string[];
  readonly logs?: KubeApi['logs'];
}

function nothing(): void {}

export function sceneApi(start: Moment, { forbidden = [], logs = async () => '' }: SceneOptions = {}): SceneApi {
  const objects = new Map(
    [start.workload, ...start.others].map((object) => [object.metadata.name + object.kind, object]),
  );
  const watchers = new Set<(event: WatchEvent) => void>();
  const removed: SceneApi['removed'] = [];
  const listed: string[] = [];

  function list({ kind }: ListQuery): KubeList {
    if (forbidden.includes(kind)) throw new ApiRefusal(403, 'Forbidden', `you may not list ${kind}`, []);
    return { items: [...objects.values()].filter((object) => object.kind === kind), resourceVersion: '1' };
  }

  async function* watch(query: ListQuery, signal: AbortSignal): AsyncIterable<KubeList | WatchEvent> {
    const queue: WatchEvent[] = [];
    let wake = nothing;
    const watcher = (event: WatchEvent): void => {
      if (event.object.kind === query.kind) queue.push(event);
      wake();
    };
    const stop = (): void => wake();
    watchers.add(watcher);
    signal.addEventListener('abort', stop);
    try {
      yield list(query);
      while (!signal.aborted) {
        const event = queue.shift();
        if (event !== undefined) yield event;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      watchers.delete(watcher);
      signal.removeEventListener('abort', stop);
    }
  }

  function tell(type: 'MODIFIED' | 'DELETED', object: KubeObject): void {
    for (const watcher of watchers) watcher({ type, object });
  }

  return {
    removed,
    listed,
    open: () => watchers.size,
    put(object) {
      objects.set(object.metadata.name + object.kind, object);
      tell('MODIFIED', object);
    },
    take(object) {
      objects.delete(object.metadata.name + object.kind);
      tell('DELETED', object);
    },
    api: fakeKubeApi({
      watch,
      logs,
      async list(query) {
        listed.push(query.kind);
        return list(query);
      },
      async remove(ref, options = {}) {
        removed.push({ ...ref, ...(options.uid === undefined ? {} : { uid: options.uid }) });
      },
    }),
  };
}
