import { isArrayOf, isObject, isString, type JsonObject } from '@slipway/kernel/json';
import type { KubeObject } from '../object.ts';
import { podSpecOf, withPodSpec } from '../pod-template.ts';

export type ConfigKind = 'ConfigMap' | 'Secret';

/** What a field of this name in a pod spec refers to by its `name`. */
const BY_NAME: Readonly<Record<string, ConfigKind>> = {
  configMap: 'ConfigMap',
  configMapRef: 'ConfigMap',
  configMapKeyRef: 'ConfigMap',
  secret: 'Secret',
  secretRef: 'Secret',
  secretKeyRef: 'Secret',
  nodePublishSecretRef: 'Secret',
};

/** The object with other names for the ConfigMaps and Secrets that its pods read: env, envFrom and volumes. */
export function withConfigNames(object: KubeObject, rename: (kind: ConfigKind, name: string) => string): KubeObject {
  // Pull secrets are read by nodes, not by the processes in the pod, so they are not part of its configuration.
  return withPodSpec(object, (spec) => {
    const renamed = renameIn(spec, '', rename) as JsonObject;
    return 'imagePullSecrets' in spec ? { ...renamed, imagePullSecrets: spec.imagePullSecrets } : renamed;
  });
}

function renameIn(value: unknown, under: string, rename: (kind: ConfigKind, name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renameIn(item, under, rename));
  if (!isObject(value)) return value;
  const kind = BY_NAME[under];
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => {
      if (isString(field) && key === 'secretName') return [key, rename('Secret', field)];
      if (isString(field) && key === 'name' && kind !== undefined) return [key, rename(kind, field)];
      return [key, renameIn(field, key, rename)];
    }),
  );
}

/** What the pods of an object read. */
export function configsReadBy(object: KubeObject): readonly { readonly kind: ConfigKind; readonly name: string }[] {
  const found: { readonly kind: ConfigKind; readonly name: string }[] = [];
  withConfigNames(object, (kind, name) => {
    found.push({ kind, name });
    return name;
  });
  return found;
}

/**
 * What an object names anywhere but in the configuration of its pods, such as the Secret with the certificate of an
 * Ingress, pull secrets, what a Role lets somebody read by name, or a field of a custom resource.
 */
export function configsNamedBy(object: KubeObject): readonly { readonly kind: ConfigKind; readonly name: string }[] {
  const found: { readonly kind: ConfigKind; readonly name: string }[] = [];
  const note = (kind: ConfigKind, value: unknown): void => {
    const name = isObject(value) ? value.name : value;
    if (isString(name)) found.push({ kind, name });
  };
  const look = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) look(item);
    if (!isObject(value)) return;
    for (const [key, field] of Object.entries(value)) {
      const kind = kindOf(key);
      if (kind !== undefined) for (const item of Array.isArray(field) ? field : [field]) note(kind, item);
      look(field);
    }
    for (const name of isArrayOf(value.resourceNames, isString) ? value.resourceNames : []) {
      const resources = Array.isArray(value.resources) ? value.resources : [];
      if (resources.includes('configmaps') || resources.includes('*')) note('ConfigMap', name);
      if (resources.includes('secrets') || resources.includes('*')) note('Secret', name);
    }
  };
  look(withoutPods(object));
  return found;
}

/** What is left of an object without the configuration of its pods; of a ConfigMap or Secret nothing. */
function withoutPods(object: KubeObject): unknown {
  if (object.kind === 'ConfigMap' || object.kind === 'Secret') return undefined;
  const pullSecrets = podSpecOf(object)?.imagePullSecrets;
  return withPodSpec(object, () => (pullSecrets === undefined ? {} : { imagePullSecrets: pullSecrets }));
}

function kindOf(key: string): ConfigKind | undefined {
  if (/secret|certificateRefs/i.test(key)) return 'Secret';
  return /configmap/i.test(key) ? 'ConfigMap' : undefined;
}
