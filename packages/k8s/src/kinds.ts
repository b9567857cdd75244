import { groupOf, type KubeObject } from './object.ts';
import { SOURCE_NAME } from './render/hash-configs.ts';

const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** What is rolled out, and watched to its end. */
export function isWorkload(object: KubeObject): boolean {
  return groupOf(object) === 'apps' && WORKLOADS.has(object.kind);
}

/** A ConfigMap or Secret with a digest in its name: it belongs to the releases that name it, and never changes. */
export function isHashedConfig({ kind, metadata }: KubeObject): boolean {
  return (kind === 'ConfigMap' || kind === 'Secret') && metadata.annotations?.[SOURCE_NAME] !== undefined;
}
