import { canonicalJson, isObject } from '@slipway/kernel/json';
import type { KubeObject } from '../object.ts';
import { at, countAt, textAt } from './fields.ts';
import { isTerminating, type Scene } from './scene.ts';

/** The pods of a workload that are not on their way out, by revision. */
export interface Revisions {
  /** Of the revision that is rolled out. */
  readonly fresh: readonly KubeObject[];
  readonly old: readonly KubeObject[];
}

export const REVISION_HASH = 'controller-revision-hash';

const HASH = 'pod-template-hash';
const DEPLOYMENT_REVISION = 'deployment.kubernetes.io/revision';

/** Whether the status is about our write, and about whatever came after it; Jobs and pods do not say. */
export function isObserved({ workload, awaited }: Scene): boolean {
  if (workload.kind === 'Job' || workload.kind === 'Pod') return true;
  const newest = Math.max(awaited.generation, workload.metadata.generation ?? 0);
  return countAt(workload, 'status', 'observedGeneration') >= newest;
}

/** Undefined as long as it cannot be told which pods are which. */
export function revisionsOf(scene: Scene): Revisions | undefined {
  const isFresh = freshness(scene);
  if (isFresh === undefined) return undefined;
  const living = scene.pods.filter((pod) => !isTerminating(pod));
  return { fresh: living.filter(isFresh), old: living.filter((pod) => !isFresh(pod)) };
}

/** The ReplicaSet of a Deployment's present template. */
export function freshReplicaSet({ workload, replicaSets }: Scene): KubeObject | undefined {
  const revision = workload.metadata.annotations?.[DEPLOYMENT_REVISION];
  return (
    replicaSets.find((set) => sameTemplate(at(set, 'spec', 'template'), at(workload, 'spec', 'template'))) ??
    replicaSets.find((set) => revision !== undefined && set.metadata.annotations?.[DEPLOYMENT_REVISION] === revision)
  );
}

function freshness(scene: Scene): ((pod: KubeObject) => boolean) | undefined {
  if (!isObserved(scene)) return undefined;
  const { workload, revisions } = scene;
  switch (workload.kind) {
    case 'Deployment': {
      const uid = freshReplicaSet(scene)?.metadata.uid;
      if (uid === undefined) return undefined;
      return (pod) => pod.metadata.ownerReferences?.some((owner) => owner.uid === uid) === true;
    }
    case 'StatefulSet':
      return hasHash(textAt(workload, 'status', 'updateRevision'));
    case 'DaemonSet': {
      const template = at(workload, 'spec', 'template');
      const revision = revisions.find((each) => sameTemplate(at(each, 'data', 'spec', 'template'), template));
      return hasHash(revision?.metadata.labels?.[REVISION_HASH] ?? '');
    }
    default:
      return () => true;
  }
}

function hasHash(hash: string): ((pod: KubeObject) => boolean) | undefined {
  return hash === '' ? undefined : (pod) => pod.metadata.labels?.[REVISION_HASH] === hash;
}

/** Controllers add a hash label and patch words to their copies, and may write null where the API leaves out. */
function sameTemplate(a: unknown, b: unknown): boolean {
  return canonicalJson(plain(a)) === canonicalJson(plain(b));
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key, item]) => item !== null && key !== HASH && key !== '$patch');
  return Object.fromEntries(kept.map(([key, item]) => [key, plain(item)]));
}
