import type { KubeObject } from '../object.ts';
import { conditionOf, countAt, textAt } from './fields.ts';
import { type Cause, CURABLE_MS, type Finding, named, PASSING_MS, sentence } from './finding.ts';
import { quotaPatience } from './quota.ts';
import { freshReplicaSet, isObserved, revisionsOf } from './revision.ts';
import { eventTime, isTerminating, type Scene, writtenAt } from './scene.ts';

/** What keeps a controller from creating pods: then there is nothing else to be seen of the new revision. */
export function creationFindings(scene: Scene): readonly Finding[] {
  if (!isObserved(scene)) return [];
  const refused = scene.workload.kind === 'Deployment' ? ofReplicaSet(scene) : ofController(scene);
  if (refused === undefined) return [];
  const { subject, message } = refused;
  const what = sentence(`${named(subject)} cannot create pods: ${message}`);
  return [{ cause: causeOf(message), subject, what, terminalAfterMs: patience(message, scene) }];
}

function causeOf(message: string): Cause {
  if (/(?:exceeded|failed) quota/.test(message)) return 'quota';
  return /admission webhook|failed calling webhook|AdmissionPolicy/.test(message) ? 'webhook' : 'create';
}

function patience(message: string, scene: Scene): number {
  if (/failed calling webhook|timed? ?out|connection refused/i.test(message)) return PASSING_MS;
  return causeOf(message) === 'quota' ? quotaPatience(message, scene) : CURABLE_MS;
}

interface Refused {
  readonly subject: KubeObject;
  readonly message: string;
}

/** A ReplicaSet keeps the last refusal as long as it lasts. */
function ofReplicaSet(scene: Scene): Refused | undefined {
  const subject = freshReplicaSet(scene);
  if (subject === undefined || countAt(subject, 'status', 'replicas') >= countAt(subject, 'spec', 'replicas'))
    return undefined;
  const failure = conditionOf(subject, 'ReplicaFailure');
  return failure === undefined ? undefined : { subject, message: textAt(failure, 'message') };
}

/** Other controllers only have events: one of this rollout that no success followed, while pods are missing. */
function ofController(scene: Scene): Refused | undefined {
  const { workload, events } = scene;
  const since = writtenAt(workload) ?? 0;
  const last = events.findLast(
    (event) => /^(?:Failed|Successful)Create$/.test(String(event.reason)) && eventTime(event) >= since,
  );
  if (last?.reason !== 'FailedCreate' || !lacksPods(scene)) return undefined;
  const message = textAt(last, 'message').replace(/^(?:Error creating: |create (?:Pod|Claim) .*? failed error: )/, '');
  return { subject: workload, message };
}

function lacksPods(scene: Scene): boolean {
  const { workload, pods } = scene;
  const fresh = revisionsOf(scene)?.fresh.length ?? 0;
  switch (workload.kind) {
    case 'StatefulSet':
      return pods.filter((pod) => !isTerminating(pod)).length < countAt(workload, 'spec', 'replicas');
    case 'DaemonSet':
      return fresh < countAt(workload, 'status', 'desiredNumberScheduled');
    default:
      return pods.length === 0;
  }
}
