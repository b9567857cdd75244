import { messageOf } from '@slipway/kernel/errors';
import type { Log } from '@slipway/kernel/log';
import { ApiRefusal, type KubeApi, type KubeList, type ListQuery } from '../api.ts';
import type { KubeObject, ObjectRef } from '../object.ts';
import type { Awaited, Live } from './scene.ts';

/** A kind that is watched in a whole namespace, however many objects of it are waited for. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Who may not see it goes on without. */
  readonly isOptional: boolean;
}

/** What is known of a namespace, kept up by watches. */
export interface View {
  readonly live: Live;
  /** The object of that name as it is, or as it was last seen before it was deleted. */
  last(ref: ObjectRef): { readonly object: KubeObject; readonly gone: boolean } | undefined;
  /** Objects of the kind as they were last seen before they were deleted. */
  readonly departed: (kind: string) => readonly KubeObject[];
  /** Whether each kind was listed once. */
  isComplete(): boolean;
  /** Settles when the signal is aborted; rejects when a watch cannot go on. */
  readonly over: Promise<unknown>;
}

/** A view at one moment. */
export type Seen = Pick<View, 'live' | 'last' | 'departed'>;

export interface ViewPorts {
  readonly api: Pick<KubeApi, 'watch'>;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Called after each change. */
  readonly changed: () => void;
}

/** Which kinds tell how far these workloads are. */
export function kindsFor(awaited: readonly Awaited[]): readonly Kind[] {
  const kinds = new Map<string, Kind>();
  const add = (apiVersion: string, kind: string, isOptional = false): void =>
    void kinds.set(kind, { apiVersion, kind, isOptional });
  for (const { ref } of awaited) {
    add(ref.apiVersion, ref.kind);
    if (ref.kind === 'Deployment') add('apps/v1', 'ReplicaSet');
    if (ref.kind === 'DaemonSet') add('apps/v1', 'ControllerRevision', true);
    if (ref.kind === 'Job') continue;
    add('v1', 'Service', true);
    add('discovery.k8s.io/v1', 'EndpointSlice', true);
  }
  add('v1', 'Pod');
  add('v1', 'Event', true);
  return [...kinds.values()];
}

/** Watches some kinds in one namespace. */
export function viewNamespace(namespace: string | undefined, kinds: readonly Kind[], ports: ViewPorts): View {
  const found = new Map<string, Map<string, KubeObject>>();
  const departed = new Map<string, KubeObject>();
  const refused = new Set<string>();
  const place = namespace === undefined ? {} : { namespace };
  const over = Promise.all(
    kinds.map((kind) => follow(kind, { apiVersion: kind.apiVersion, kind: kind.kind, ...place })),
  );

  async function follow({ kind, isOptional }: Kind, query: ListQuery): Promise<void> {
    try {
      for await (const seen of ports.api.watch(query, ports.signal)) {
        if ('items' in seen) relist(kind, seen.items);
        else if (seen.type === 'DELETED') depart(seen.object);
        else if (seen.type !== 'BOOKMARK') found.get(kind)?.set(seen.object.metadata.name, seen.object);
        ports.changed();
      }
    } catch (thrown) {
      if (!isOptional || !(thrown instanceof ApiRefusal)) throw thrown;
      ports.log.warning(`The rollout is watched without objects of kind ${kind}: ${messageOf(thrown)}`);
      refused.add(kind);
      ports.changed();
    }
  }

  function relist(kind: string, items: readonly KubeObject[]): void {
    const before = found.get(kind);
    const now = new Map(items.map((object) => [object.metadata.name, object]));
    for (const [name, object] of before ?? []) if (!now.has(name)) depart(object);
    found.set(kind, now);
  }

  function depart(object: KubeObject): void {
    found.get(object.kind)?.delete(object.metadata.name);
    departed.set(keyOf(object.kind, object.metadata.name), object);
  }

  return {
    live: (kind) => (refused.has(kind) ? undefined : [...(found.get(kind)?.values() ?? [])]),
    last({ kind, name }) {
      const object = found.get(kind)?.get(name);
      if (object !== undefined) return { object, gone: false };
      const before = departed.get(keyOf(kind, name));
      return before === undefined ? undefined : { object: before, gone: true };
    },
    departed: (kind) => [...departed.values()].filter((object) => object.kind === kind),
    isComplete: () => kinds.every(({ kind }) => found.has(kind) || refused.has(kind)),
    over,
  };
}

/** The same, as it is now. */
export async function viewOnce(
  namespace: string | undefined,
  kinds: readonly Kind[],
  api: Pick<KubeApi, 'list'>,
): Promise<Seen> {
  const place = namespace === undefined ? {} : { namespace };
  const lists = kinds.map(
    async ({ apiVersion, kind, isOptional }): Promise<readonly [string, KubeList | undefined]> => {
      const listed = api.list({ apiVersion, kind, ...place });
      return [kind, await (isOptional ? listed.catch(unlessRefused) : listed)];
    },
  );
  const found = new Map(await Promise.all(lists));
  const live: Live = (kind) => (found.has(kind) ? found.get(kind)?.items : []);
  return {
    live,
    departed: () => [],
    last({ kind, name }) {
      const object = live(kind)?.find(({ metadata }) => metadata.name === name);
      return object && { object, gone: false };
    },
  };
}

function unlessRefused(thrown: unknown): undefined {
  if (!(thrown instanceof ApiRefusal)) throw thrown;
}

function keyOf(kind: string, name: string): string {
  return `${kind} ${name}`;
}
