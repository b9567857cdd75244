import type { KubeObject } from '@slipway/k8s/object';
import type { JsonObject } from '@slipway/kernel/json';

/** A Deployment of one container, in the namespace `shop`. */
export function web(spec: JsonObject = {}, container: JsonObject = {}): KubeObject {
  return workload('Deployment', spec, { containers: [{ name: 'app', image: 'registry:5000/shop:v1', ...container }] });
}

/** A workload called `web` with this pod spec. */
export function workload(kind: string, spec: JsonObject, pod: JsonObject): KubeObject {
  const template = { metadata: { labels: { app: 'web' } }, spec: pod };
  const apiVersion = kind === 'Job' || kind === 'CronJob' ? 'batch/v1' : kind === 'Pod' ? 'v1' : 'apps/v1';
  const bodies: Readonly<Record<string, JsonObject>> = {
    Pod: pod,
    CronJob: { jobTemplate: { spec: { template } }, ...spec },
  };
  return { ...bare(kind, 'web', apiVersion), spec: bodies[kind] ?? { template, ...spec } };
}

export function configMap(name: string, data: Readonly<Record<string, string>>): KubeObject {
  return { ...bare('ConfigMap', name), data };
}

/** `data` as it is: not encoded. */
export function secret(name: string, data: Readonly<Record<string, string>>): KubeObject {
  return { ...bare('Secret', name), type: 'Opaque', data };
}

export function bare(kind: string, name: string, apiVersion = 'v1'): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace: 'shop' } };
}
