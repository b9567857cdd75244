import type { KubeObject } from '../object.ts';
import { conditionOf, listAt, textAt } from './fields.ts';
import { CURABLE_MS, type Finding, NEVER, named, sentence } from './finding.ts';
import type { Scene } from './scene.ts';
import { unscheduled } from './scheduling.ts';

/** What keeps a pod as a whole from running. `events` are about it. */
export function podFindings(pod: KubeObject, events: readonly KubeObject[], scene: Scene): readonly Finding[] {
  const found = [evicted(pod), unscheduled(pod, events, scene), ...mounts(pod, events), gate(pod), node(pod, events)];
  return found.filter((each) => each !== undefined);
}

/** Volumes and the network of a pod that is on a node, and has no container yet. */
function mounts(pod: KubeObject, events: readonly KubeObject[]): readonly Finding[] {
  const isStarting = [
    ...listAt(pod, 'status', 'initContainerStatuses'),
    ...listAt(pod, 'status', 'containerStatuses'),
  ].every((status) => /^(?:ContainerCreating|PodInitializing)$/.test(textAt(status, 'state', 'waiting', 'reason')));
  if (!isStarting || textAt(pod, 'spec', 'nodeName') === '') return [];
  const last = events.findLast(({ reason }) => TROUBLE[String(reason)] !== undefined);
  const cause = TROUBLE[String(last?.reason)];
  if (cause === undefined) return [];
  const message = textAt(last, 'message');
  const missing = /(?:configmap|secret) "[^"]*" not found|non-existent config key/i.test(message);
  const what = sentence(
    `${named(pod)} cannot ${cause === 'mount' ? 'mount its volumes' : 'get its network'}: ${message}`,
  );
  return [{ cause, subject: pod, what, terminalAfterMs: missing ? CURABLE_MS : NEVER }];
}

const TROUBLE: Readonly<Record<string, 'mount' | 'sandbox'>> = {
  FailedMount: 'mount',
  FailedAttachVolume: 'mount',
  FailedCreatePodSandBox: 'sandbox',
};

/** The containers run, and somebody else has not yet agreed. */
function gate(pod: KubeObject): Finding | undefined {
  if (conditionOf(pod, 'ContainersReady') === undefined) return undefined;
  const open = listAt(pod, 'spec', 'readinessGates')
    .map((each) => textAt(each, 'conditionType'))
    .filter((type) => conditionOf(pod, type) === undefined);
  if (open.length === 0) return undefined;
  const what = `${named(pod)} runs, but its readiness gate ${open.join(', ')} is not True.`;
  return { cause: 'gate', subject: pod, what, terminalAfterMs: NEVER };
}

function node(pod: KubeObject, events: readonly KubeObject[]): Finding | undefined {
  const isLost = conditionOf(pod, 'Ready') === undefined && events.some(({ reason }) => reason === 'NodeNotReady');
  if (!isLost) return undefined;
  const what = `${named(pod)} is on node ${textAt(pod, 'spec', 'nodeName')}, which is not ready.`;
  return { cause: 'node', subject: pod, what, terminalAfterMs: NEVER };
}

/** Its controller makes another one. */
function evicted(pod: KubeObject): Finding | undefined {
  const reason = textAt(pod, 'status', 'reason');
  if (textAt(pod, 'status', 'phase') !== 'Failed' || reason === '') return undefined;
  const what = sentence(`${named(pod)} was ended (${reason}): ${textAt(pod, 'status', 'message')}`);
  return { cause: 'evicted', subject: pod, what, terminalAfterMs: NEVER };
}
