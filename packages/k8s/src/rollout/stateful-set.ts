import type { KubeObject } from '../object.ts';
import { at, countAt } from './fields.ts';
import { revisionsOf } from './revision.ts';
import { isReady, isTerminating, type Scene } from './scene.ts';
import { failed, ON_DELETE, provedByEndpoints, type Readiness, waiting } from './verdict.ts';

/**
 * Counters and revisions of its status lie while a broken pod holds another revision, so each pod is looked at: the
 * ones from the partition on have to carry the hash of the update revision, and all have to be ready.
 */
export function judgeStatefulSet(scene: Scene): Readiness {
  const { workload } = scene;
  const wanted = countAt(workload, 'spec', 'replicas');
  const partition = partitionOf(workload);
  const revisions = revisionsOf(scene);
  if (revisions === undefined) return waiting('its revision is not known yet');
  const living = scene.pods.filter((pod) => !isTerminating(pod));
  const members = living.filter((pod) => isMember(workload, pod));
  const updated = revisions.fresh.filter((pod) => isMember(workload, pod) && indexOf(workload, pod) >= partition);
  const readyPods = members.filter(isReady);
  const target = Math.max(0, wanted - partition);
  const extra = living.length - members.length;
  const left = extra > 0 ? `, ${extra} too many` : '';
  const kept = partition > 0 ? `, ${Math.min(partition, wanted)} kept by the partition` : '';
  const why = `${updated.length} of ${target} updated, ${readyPods.length} of ${wanted} ready${kept}${left}`;

  if (updated.length < target && at(workload, 'spec', 'updateStrategy', 'type') === 'OnDelete') {
    return members.length < wanted ? waiting(why) : failed('workload', ON_DELETE);
  }
  const isDone = updated.length >= target && readyPods.length >= wanted && extra === 0;
  if (!isDone || isWithinReadySeconds(workload, wanted)) return waiting(why);
  return provedByEndpoints(scene, members, why);
}

/**
 * The pod that blocks an ordered update, or undefined: of another revision than wanted, and not ready. Its controller
 * waits for it to get ready before it would replace it, so a broken one has to be deleted by hand.
 */
export function blockingPod(scene: Scene): KubeObject | undefined {
  const { workload } = scene;
  const { spec } = workload;
  if (workload.kind !== 'StatefulSet' || spec?.podManagementPolicy === 'Parallel') return undefined;
  if (at(spec, 'updateStrategy', 'type') === 'OnDelete') return undefined;
  return revisionsOf(scene)
    ?.old.filter((pod) => !isReady(pod) && isMember(workload, pod) && indexOf(workload, pod) >= partitionOf(workload))
    .toSorted((a, b) => indexOf(workload, a) - indexOf(workload, b))[0];
}

function isWithinReadySeconds(set: KubeObject, wanted: number): boolean {
  return countAt(set, 'spec', 'minReadySeconds') > 0 && countAt(set, 'status', 'availableReplicas') < wanted;
}

function partitionOf(set: KubeObject): number {
  return countAt(set, 'spec', 'updateStrategy', 'rollingUpdate', 'partition');
}

/** Its place in the order, from 0; the partition counts the same way, whatever number the first pod has. */
function indexOf(set: KubeObject, pod: KubeObject): number {
  const ordinal = Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? Number.NaN);
  return ordinal - countAt(set, 'spec', 'ordinals', 'start');
}

function isMember(set: KubeObject, pod: KubeObject): boolean {
  const index = indexOf(set, pod);
  return index >= 0 && index < countAt(set, 'spec', 'replicas');
}
