import type { KubeObject } from '../object.ts';
import { at, conditionOf, countAt, textAt } from './fields.ts';
import { isObserved } from './revision.ts';
import { isReady, type Scene, writtenAt } from './scene.ts';
import { judgeStatefulSet } from './stateful-set.ts';
import { failed, ON_DELETE, provedByPods, type Readiness, ready, waiting } from './verdict.ts';

const JUDGES: Readonly<Record<string, (scene: Scene) => Readiness>> = {
  'apps/v1 Deployment': judgeDeployment,
  'apps/v1 StatefulSet': judgeStatefulSet,
  'apps/v1 DaemonSet': judgeDaemonSet,
  'batch/v1 Job': judgeJob,
  'v1 Pod': judgePod,
};

/** Whether there is anything to wait for: objects of other kinds are ready as soon as they are written. */
export function isAwaitable({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean {
  return JUDGES[`${apiVersion} ${kind}`] !== undefined;
}

/**
 * The truth about one rollout at one moment. A status counts once it is about the generation of our own write; then
 * counters, pods and EndpointSlices all have to agree. Old pods that are still finishing their requests are not waited
 * for, only that no Service sends them new ones.
 */
export function judge(scene: Scene): Readiness {
  const { awaited, workload, gone } = scene;
  const judgeKind = JUDGES[`${workload.apiVersion} ${workload.kind}`];
  if (judgeKind === undefined) return ready('applied');
  // A Job may be cleaned up as soon as it is complete.
  if (gone && !isComplete(workload)) return failed('workload', 'it was deleted meanwhile');
  if (awaited.uid !== undefined && awaited.uid !== workload.metadata.uid)
    return failed('workload', 'it was deleted meanwhile, and made anew by somebody else');
  if (!gone && workload.metadata.deletionTimestamp !== undefined) return failed('workload', 'it is being deleted');
  if (workload.spec?.paused === true)
    return failed('workload', 'it is paused (spec.paused: true), so it never rolls out');
  if (!isObserved(scene)) return waiting('not yet seen by its controller');
  return judgeKind(scene);
}

function judgeDeployment(scene: Scene): Readiness {
  const { workload } = scene;
  const wanted = countAt(workload, 'spec', 'replicas');
  const status = (field: string): number => countAt(workload, 'status', field);
  const old = status('replicas') - status('updatedReplicas');
  const left = old > 0 ? `, ${old} old left` : '';
  const why = `${status('updatedReplicas')} of ${wanted} updated, ${status('availableReplicas')} available${left}`;
  const isDone =
    status('updatedReplicas') >= wanted &&
    old <= 0 &&
    status('availableReplicas') >= wanted &&
    status('unavailableReplicas') === 0;
  if (isDone) return provedByPods(scene, wanted, why);
  if (!isTimedOut(workload)) return waiting(why);
  return failed('pods', `no progress for ${countAt(workload, 'spec', 'progressDeadlineSeconds')} s (${why})`);
}

function judgeDaemonSet(scene: Scene): Readiness {
  const { workload } = scene;
  const status = (field: string): number => countAt(workload, 'status', field);
  const wanted = status('desiredNumberScheduled');
  const updated = status('updatedNumberScheduled');
  const why = `${updated} of ${wanted} updated, ${status('numberAvailable')} available`;
  if (updated >= wanted && status('numberAvailable') >= wanted) return provedByPods(scene, wanted, why);
  return at(workload, 'spec', 'updateStrategy', 'type') === 'OnDelete' ? failed('workload', ON_DELETE) : waiting(why);
}

function judgeJob({ workload }: Scene): Readiness {
  const count = (field: string): number => countAt(workload, 'status', field);
  const wanted = countAt(workload, 'spec', 'completions') || 1;
  const why = `${count('succeeded')} of ${wanted} succeeded, ${count('active')} running, ${count('failed')} failed`;
  if (isComplete(workload)) return ready(why);
  // FailureTarget comes as soon as it is decided, while pods are still being ended.
  const failure = conditionOf(workload, 'Failed') ?? conditionOf(workload, 'FailureTarget');
  if (failure !== undefined)
    return failed('pods', `${textAt(failure, 'reason')}: ${textAt(failure, 'message')} (${why})`);
  if (workload.spec?.suspend === true)
    return failed('workload', 'it is suspended (spec.suspend: true), so it never runs');
  return waiting(why);
}

function judgePod({ workload }: Scene): Readiness {
  const phase = textAt(workload, 'status', 'phase') || 'Pending';
  if (phase === 'Succeeded' || isReady(workload)) return ready(phase.toLowerCase());
  if (phase !== 'Failed') return waiting(`${phase.toLowerCase()}, not ready`);
  const told = [textAt(workload, 'status', 'reason'), textAt(workload, 'status', 'message')].filter(Boolean);
  return failed('pods', ['it failed', ...told].join(': '));
}

/** A condition from before our write is about another rollout: the controller leaves it there until there is progress. */
function isTimedOut(deployment: KubeObject): boolean {
  const condition = conditionOf(deployment, 'Progressing', 'False');
  if (condition?.reason !== 'ProgressDeadlineExceeded') return false;
  return Date.parse(textAt(condition, 'lastUpdateTime')) > (writtenAt(deployment) ?? 0);
}

function isComplete(job: KubeObject): boolean {
  return job.kind === 'Job' && conditionOf(job, 'Complete') !== undefined;
}
