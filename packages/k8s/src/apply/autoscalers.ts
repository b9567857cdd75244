import { isInteger, isObject, isString, type JsonObject } from '@slipway/kernel/json';
import type { KubeApi } from '../api.ts';
import { FIELD_MANAGER } from '../client.ts';
import { groupOf, type KubeObject, refOf } from '../object.ts';

const SCALABLE = new Set(['apps Deployment', 'apps StatefulSet', 'apps ReplicaSet']);

/**
 * Leaves the replicas of each workload to the autoscaler that targets it, whether that is in the set or in the cluster:
 * a deployment must not undo what load has made of them.
 */
export async function respectAutoscalers(
  objects: readonly KubeObject[],
  api: Pick<KubeApi, 'list' | 'get'>,
): Promise<readonly KubeObject[]> {
  const scalable = objects.filter((object) => isScalable(object) && object.spec?.replicas !== undefined);
  const namespaces = [...new Set(scalable.flatMap(({ metadata }) => metadata.namespace ?? []))];
  const lists = await Promise.all(
    namespaces.map((namespace) =>
      api.list({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', namespace }),
    ),
  );
  const targets = new Set([...objects, ...lists.flatMap(({ items }) => items)].flatMap(targetOf));
  return await Promise.all(
    objects.map(async (object) => {
      if (!scalable.includes(object) || !targets.has(keyOf(object))) return object;
      return withReplicas(object, replicasBeside(object, await api.get(refOf(object))));
    }),
  );
}

/**
 * What to say of the replicas of a workload that an autoscaler scales: the manifest's number at the start, nothing
 * later. As long as the field is ours alone, leaving it out would set it to 1, so the live number is repeated.
 */
export function replicasBeside(wanted: KubeObject, live: KubeObject | undefined): number | undefined {
  const now = live === undefined ? wanted.spec?.replicas : live.spec?.replicas;
  const owners = ownersOfReplicas(live);
  const isOurs = owners.length > 0 && owners.every((owner) => owner === FIELD_MANAGER);
  return isInteger(now) && (live === undefined || isOurs) ? now : undefined;
}

function ownersOfReplicas(live: KubeObject | undefined): readonly string[] {
  return (live?.metadata.managedFields ?? []).flatMap((entry) => {
    if (!isObject(entry) || !isObject(entry.fieldsV1) || !isString(entry.manager)) return [];
    const spec = entry.fieldsV1['f:spec'];
    return isObject(spec) && 'f:replicas' in spec ? [entry.manager] : [];
  });
}

function withReplicas(object: KubeObject, replicas: number | undefined): KubeObject {
  const { replicas: _given, ...spec } = object.spec ?? {};
  return { ...object, spec: replicas === undefined ? spec : { ...spec, replicas } };
}

/** Horizontal pod autoscalers, and the ScaledObjects that KEDA makes them of. */
function targetOf({ kind, metadata, spec }: KubeObject): readonly string[] {
  if (kind !== 'HorizontalPodAutoscaler' && kind !== 'ScaledObject') return [];
  const target: JsonObject = isObject(spec?.scaleTargetRef) ? spec.scaleTargetRef : {};
  const apiVersion = isString(target.apiVersion) ? target.apiVersion : 'apps/v1';
  const targetKind = isString(target.kind) ? target.kind : 'Deployment';
  return [[groupOf({ apiVersion }), targetKind, metadata.namespace, target.name].join(' ')];
}

function keyOf(object: KubeObject): string {
  return [groupOf(object), object.kind, object.metadata.namespace, object.metadata.name].join(' ');
}

function isScalable(object: KubeObject): boolean {
  return SCALABLE.has(`${groupOf(object)} ${object.kind}`);
}
