import { isObject, isString } from '@slipway/kernel/json';
import { groupOf, type KubeObject, type ObjectRef } from '../object.ts';

/** Something that the run does with a kind of objects. */
export interface Need extends Pick<ObjectRef, 'apiVersion' | 'kind'> {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';
  /** Absent: in the whole cluster. */
  readonly namespace?: string;
  /** `log` of pods, ... */
  readonly subresource?: string;
  /** The plural, for kinds that the set itself defines. */
  readonly resource?: string;
  /** The objects that it is about, when it is not about all of the kind. */
  readonly names?: readonly string[];
  /** The run goes on without it, and knows less. */
  readonly isOptional?: boolean;
}

/** What is deleted with a release that is left; the rest stays, whatever happens. */
const NEVER_DELETED = new Set(['Namespace', 'PersistentVolumeClaim', 'PersistentVolume', 'CustomResourceDefinition']);

const APPS = 'apps/v1';

/** All that a deployment of these objects does, its records in `namespace` included. */
export function needsOf(objects: readonly KubeObject[], namespace: string): readonly Need[] {
  const all = [...objects.flatMap(needsOfObject), ...needsOfRecords(namespace), ...needsOfWatching(objects)];
  return merged(withPlurals(all, objects));
}

/** Applied on the server, read back, and taken away with a release that is left. */
function needsOfObject({ apiVersion, kind, metadata }: KubeObject): readonly Need[] {
  const { name, namespace } = metadata;
  const about = { apiVersion, kind, names: [name], ...(namespace === undefined ? {} : { namespace }) };
  const verbs = ['get', 'create', 'patch', ...(NEVER_DELETED.has(kind) ? [] : ['delete' as const])] as const;
  return verbs.map((verb) => ({ ...about, verb }));
}

/** Ledger, sets and lease. */
function needsOfRecords(namespace: string): readonly Need[] {
  const rows = [
    { apiVersion: 'v1', kind: 'ConfigMap', verbs: ['get', 'list', 'create', 'update', 'patch', 'delete'] },
    { apiVersion: 'v1', kind: 'Secret', verbs: ['get', 'list', 'create', 'delete'] },
    { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', verbs: ['get', 'create', 'update'] },
  ] as const;
  return rows.flatMap(({ verbs, ...about }) => verbs.map((verb) => ({ ...about, verb, namespace })));
}

/** Rollouts and Jobs are watched to their end, and explained by pods, events and logs. */
function needsOfWatching(objects: readonly KubeObject[]): readonly Need[] {
  return objects.flatMap((object): readonly Need[] => {
    const { apiVersion, kind } = object;
    const group = groupOf(object);
    if (group !== 'apps' && !(group === 'batch' && kind === 'Job')) return [];
    const { namespace } = object.metadata;
    const here = namespace === undefined ? {} : { namespace };
    const scales = kind === 'Deployment' || kind === 'StatefulSet';
    return [
      ...reading({ apiVersion, kind, ...here }),
      ...reading({ apiVersion: 'v1', kind: 'Pod', ...here }),
      ...(kind === 'Deployment' ? reading({ apiVersion: APPS, kind: 'ReplicaSet', ...here }) : []),
      // A rollback of a StatefulSet is stuck until the broken pod is deleted.
      ...(kind === 'StatefulSet' ? [{ apiVersion: 'v1', kind: 'Pod', verb: 'delete', ...here } as const] : []),
      ...(scales ? [{ ...SCALER, verb: 'list', ...here } as const] : []),
      { apiVersion: 'v1', kind: 'Pod', subresource: 'log', verb: 'get', isOptional: true, ...here },
      ...EXPLAINING.flatMap((about) => reading({ ...about, isOptional: true, ...here })),
    ];
  });
}

const SCALER = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' } as const;

const EXPLAINING = [
  { apiVersion: 'v1', kind: 'Event' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
  { apiVersion: APPS, kind: 'ControllerRevision' },
] as const;

function reading(about: Omit<Need, 'verb'>): readonly Need[] {
  return (['get', 'list', 'watch'] as const).map((verb) => ({ ...about, verb }));
}

function withPlurals(needs: readonly Need[], objects: readonly KubeObject[]): readonly Need[] {
  const plurals = new Map<string, string>();
  for (const { kind, spec } of objects) {
    if (kind !== 'CustomResourceDefinition' || !isObject(spec?.names)) continue;
    const { kind: defined, plural } = spec.names;
    if (isString(spec.group) && isString(defined) && isString(plural)) plurals.set(`${spec.group} ${defined}`, plural);
  }
  return needs.map((need) => {
    const resource = plurals.get(`${groupOf(need)} ${need.kind}`);
    return resource === undefined ? need : { ...need, resource };
  });
}

/** One need for all objects of a kind. */
function merged(needs: readonly Need[]): readonly Need[] {
  const found = new Map<string, Need>();
  for (const need of needs) {
    const key = [need.verb, need.apiVersion, need.kind, need.subresource, need.namespace].join(' ');
    const before = found.get(key);
    found.set(key, before === undefined ? need : stronger(before, need));
  }
  return [...found.values()];
}

/** What must be wins over what may be; else the names of both, and none when one of them is about all objects. */
function stronger(a: Need, b: Need): Need {
  if (a.isOptional !== b.isOptional) return a.isOptional === true ? b : a;
  const { names: _names, ...about } = a;
  return a.names === undefined || b.names === undefined
    ? about
    : { ...about, names: [...new Set([...a.names, ...b.names])] };
}
