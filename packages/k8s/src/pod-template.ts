import { isArrayOf, isObject, isString, type JsonObject } from '@slipway/kernel/json';
import { groupOf, type KubeObject } from './object.ts';

/** Where each kind keeps the spec of its pods. */
const POD_SPECS: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  'apps Deployment': ['spec', 'template', 'spec'],
  'apps StatefulSet': ['spec', 'template', 'spec'],
  'apps DaemonSet': ['spec', 'template', 'spec'],
  'apps ReplicaSet': ['spec', 'template', 'spec'],
  'batch Job': ['spec', 'template', 'spec'],
  'batch CronJob': ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};

/** A container of a pod, as far as it is read here. */
export type Container = JsonObject & { readonly name: string };

/** The spec of the pods that an object makes, or undefined when it makes none. */
export function podSpecOf(object: KubeObject): JsonObject | undefined {
  const path = pathOf(object);
  if (path === undefined) return undefined;
  return path.reduce<JsonObject | undefined>((at, key) => child(at, key), object);
}

/** The object with another pod spec; one that makes no pods stays as it is. */
export function withPodSpec(object: KubeObject, change: (spec: JsonObject) => JsonObject): KubeObject {
  const path = pathOf(object);
  return path === undefined || podSpecOf(object) === undefined ? object : (changed(object, path, change) as KubeObject);
}

/** Its init containers and containers, in the order in which they start. */
export function containersOf(spec: JsonObject): readonly Container[] {
  return [spec.initContainers, spec.containers].flatMap((list) => (isArrayOf(list, isContainer) ? list : []));
}

/** The object with other init containers and containers. */
export function withContainers(object: KubeObject, change: (container: Container) => Container): KubeObject {
  const each = (item: unknown): unknown => (isContainer(item) ? change(item) : item);
  const all = (list: unknown): unknown => (Array.isArray(list) ? list.map(each) : list);
  return withPodSpec(object, (spec) => ({
    ...spec,
    ...('initContainers' in spec ? { initContainers: all(spec.initContainers) } : {}),
    containers: all(spec.containers),
  }));
}

/** The labels of the pods that an object makes. */
export function podLabelsOf(object: KubeObject): Readonly<Record<string, string>> {
  const path = pathOf(object)?.slice(0, -1);
  if (path === undefined) return {};
  const template = path.reduce<JsonObject | undefined>((at, key) => child(at, key), object);
  const labels = child(child(template, 'metadata'), 'labels') ?? {};
  return Object.fromEntries(Object.entries(labels).filter((entry): entry is [string, string] => isString(entry[1])));
}

function pathOf(object: KubeObject): readonly string[] | undefined {
  return POD_SPECS[`${groupOf(object)} ${object.kind}`.trim()];
}

function child(value: JsonObject | undefined, key: string): JsonObject | undefined {
  const found = value?.[key];
  return isObject(found) ? found : undefined;
}

function changed(
  value: JsonObject,
  [key, ...path]: readonly string[],
  change: (spec: JsonObject) => JsonObject,
): JsonObject {
  if (key === undefined) return change(value);
  return { ...value, [key]: changed(child(value, key) ?? {}, path, change) };
}

function isContainer(value: unknown): value is Container {
  return isObject(value) && isString(value.name);
}
