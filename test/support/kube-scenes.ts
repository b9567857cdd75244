import { readFileSync } from 'node:fs';
import { type KubeObject, refOf } from '@slipway/k8s/object';
import { type Awaited, type Live, type Scene, sceneOf } from '@slipway/k8s/rollout/scene';

/** A moment of a real cluster, Kubernetes 1.34, without fields that say nothing here. */
export interface Moment {
  /** Of the write that is waited for. */
  readonly generation: number;
  readonly workload: KubeObject;
  readonly others: readonly KubeObject[];
}

export function moment(name: string): Moment {
  const path = new URL(`../fixtures/k8s/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')) as Moment;
}

/** The same, as our code sees it. */
export function sceneAt({ generation, workload, others }: Moment, more: Partial<Awaited> = {}): Scene {
  const live: Live = (kind) => [workload, ...others].filter((object) => object.kind === kind);
  const nodes = live('Node')?.length === 0 ? undefined : live('Node');
  return sceneOf({ awaited: { ref: refOf(workload), generation, ...more }, workload, gone: false, nodes }, live);
}

/** With something else at the end of a path of the workload. */
export function withField(from: Moment, path: readonly string[], value: unknown): Moment {
  return { ...from, workload: set(from.workload, path, value) as KubeObject };
}

/** With the other objects of a kind changed, or left out where the change says undefined. */
export function withOthers(from: Moment, kind: string, change: (object: KubeObject) => KubeObject | undefined): Moment {
  const others = from.others.flatMap((object) => (object.kind === kind ? (change(object) ?? []) : object));
  return { ...from, others };
}

/** A changed copy. */
function set(object: unknown, [key, ...path]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const before = (object ?? {}) as Record<string, unknown>;
  return { ...before, [key]: set(before[key], path, value) };
}
