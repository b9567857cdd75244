import type { KubeObject } from '../object.ts';
import { lateEndpoints } from './endpoints.ts';
import { revisionsOf } from './revision.ts';
import { isReady, type Scene } from './scene.ts';

/** How far a rollout is; `why` is short, for people. */
export type Readiness =
  | { readonly kind: 'waiting' | 'ready'; readonly why: string }
  /** `blame`: the pods may tell more, or the workload as such never gets there. */
  | { readonly kind: 'failed'; readonly why: string; readonly blame: 'pods' | 'workload' };

export const ON_DELETE = 'its updateStrategy is OnDelete: pods stay as they are until somebody deletes them';

export function ready(why: string): Readiness {
  return { kind: 'ready', why };
}

export function waiting(why: string): Readiness {
  return { kind: 'waiting', why };
}

export function failed(blame: 'pods' | 'workload', why: string): Readiness {
  return { kind: 'failed', blame, why };
}

/** The counters are right; the pods have to say the same. */
export function provedByPods(scene: Scene, wanted: number, why: string): Readiness {
  const revisions = revisionsOf(scene);
  if (revisions === undefined) return ready(why);
  const { fresh, old } = revisions;
  if (old.length > 0) return waiting(`${why}, ${old.length} old left`);
  if (fresh.filter(isReady).length < wanted) return waiting(`${why}, not all ready`);
  return provedByEndpoints(scene, fresh, why);
}

/** The pods are as wanted; requests have to go to them, and to no others. */
export function provedByEndpoints(scene: Scene, pods: readonly KubeObject[], why: string): Readiness {
  const late = lateEndpoints(scene, pods);
  return late === undefined ? ready(why) : waiting(`${why}, ${late}`);
}
