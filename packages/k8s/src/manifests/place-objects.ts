import { type Problem, UserError } from '@slipway/kernel/errors';
import { isObject, isString } from '@slipway/kernel/json';
import type { KubeApi } from '../api.ts';
import { describeRef, groupOf, type KubeMeta, type KubeObject, refOf } from '../object.ts';
import { withPlainData } from './secret-data.ts';
import type { Manifest } from './yaml.ts';

/**
 * The objects in the namespace of the deployment, without what only servers write. An object of another namespace, of a
 * kind that the cluster does not know, or that comes twice is an error; all of them come in one UserError.
 */
export async function placeObjects(
  manifests: readonly Manifest[],
  namespace: string,
  api: Pick<KubeApi, 'isNamespaced'>,
): Promise<readonly KubeObject[]> {
  const own = scopesOf(manifests);
  const placed = await Promise.all(
    manifests.map(async ({ object, at }) => {
      const { apiVersion, kind } = object;
      const scope = own.get(`${groupOf(object)}/${kind}`) ?? (await api.isNamespaced(apiVersion, kind));
      return placeOne({ object, at }, namespace, scope);
    }),
  );
  const refused = placed.flatMap((result) => ('what' in result ? [result] : []));
  const objects = placed.flatMap((result) => ('what' in result ? [] : [result]));
  const problems = [...refused, ...twice(objects)];
  if (problems.length > 0) throw new UserError(problems);
  return objects.map(({ object }) => object);
}

function placeOne({ object, at }: Manifest, namespace: string, namespaced: boolean | undefined): Manifest | Problem {
  const { apiVersion, kind, metadata } = object;
  if (namespaced === undefined) {
    return {
      what: `${at}: the cluster knows no kind ${kind} in ${apiVersion}.`,
      allowed: 'a kind that "kubectl api-resources" lists, or whose CustomResourceDefinition is in the manifests',
      fix: 'install what defines it first, or correct apiVersion and kind',
    };
  }
  if (namespaced && metadata.namespace !== undefined && metadata.namespace !== namespace) {
    return {
      what: `${at}: the ${kind} ${metadata.name} is for another namespace than this deployment.`,
      got: `namespace: ${metadata.namespace}`,
      allowed: `${namespace}, or no namespace at all`,
      fix: `namespace: ${metadata.namespace}    # the input; or remove the line from the manifest`,
    };
  }
  return { object: withPlainData(clean(object, namespaced ? namespace : undefined)), at };
}

/** Manifests that were read from a cluster carry what servers wrote; sent back it would be refused. */
function clean({ status: _status, ...object }: KubeObject, namespace: string | undefined): KubeObject {
  const {
    uid: _uid,
    generation: _generation,
    resourceVersion: _version,
    creationTimestamp: _created,
    deletionTimestamp: _deleted,
    managedFields: _managed,
    namespace: _namespace,
    ...metadata
  } = object.metadata;
  const kept: KubeMeta = namespace === undefined ? metadata : { ...metadata, namespace };
  return { ...object, metadata: kept };
}

/** Whether each kind that the set itself defines lives in namespaces. */
function scopesOf(manifests: readonly Manifest[]): ReadonlyMap<string, boolean> {
  const scopes = new Map<string, boolean>();
  for (const { object } of manifests) {
    const { group, names, scope } = object.spec ?? {};
    if (object.kind !== 'CustomResourceDefinition' || !isString(group) || !isObject(names)) continue;
    scopes.set(`${group}/${String(names.kind)}`, scope !== 'Cluster');
  }
  return scopes;
}

/** Two versions of an API group show the same object, so the version does not count. */
function twice(manifests: readonly Manifest[]): readonly Problem[] {
  const places = new Map<string, Manifest[]>();
  for (const manifest of manifests) {
    const { object } = manifest;
    const key = [groupOf(object), object.kind, object.metadata.namespace, object.metadata.name].join(' ');
    places.set(key, [...(places.get(key) ?? []), manifest]);
  }
  return [...places.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined || same.length === 1) return [];
    return [
      {
        what: `${describeRef(refOf(first.object))} is there ${same.length === 2 ? 'twice' : `${same.length} times`}.`,
        got: same.map(({ at }) => at).join('; '),
        allowed: 'each object once',
        fix: 'remove one of them; patches belong into a kustomization',
      },
    ];
  });
}
