import type { KubeObject } from '../object.ts';
import { conditionOf, textAt } from './fields.ts';
import { CURABLE_MS, type Finding, NEVER, named, PASSING_MS, ROOM_MS, SCALING_MS, sentence } from './finding.ts';
import { mayGrow, objections } from './nodes.ts';
import { claimsOf, isTerminating, type Scene } from './scene.ts';

const NODES_SHOWN = 8;
/** Reasons of the events by which autoscalers answer a pod that finds no place. */
const SCALERS = new Set<unknown>(['TriggeredScaleUp', 'NotTriggerScaleUp', 'Nominated']);

const CLAIMS = new Set<unknown>(['ProvisioningFailed', 'FailedBinding', 'ProvisioningSucceeded']);

/** Why a pod has no node yet, as the scheduler says it, and node by node where we may see them. */
export function unscheduled(pod: KubeObject, events: readonly KubeObject[], scene: Scene): Finding | undefined {
  const condition = conditionOf(pod, 'PodScheduled', 'False');
  if (condition === undefined) return undefined;
  if (condition.reason === 'SchedulingGated') {
    const what = `${named(pod)} has scheduling gates that nobody has taken away.`;
    return { cause: 'gate', subject: pod, what, terminalAfterMs: NEVER };
  }
  const told = withoutPreemption(textAt(condition, 'message'));
  const waiting = withoutVolumes(pod, told, scene);
  if (waiting !== undefined) return waiting;
  const what = `no node takes ${named(pod)}: ${sentence(told)}${perNode(pod, scene.nodes ?? [])}`;
  return { cause: 'unschedulable', subject: pod, what, terminalAfterMs: patience(pod, events, scene) };
}

/** The second half of the scheduler's message is about what it did not do. */
function withoutPreemption(message: string): string {
  return message.replace(/[ .,]*(?:no new claims to deallocate, *)?preemption: .*$/s, '').replace(/\. not found$/, '');
}

/** What the controllers of volumes said about its claims, and the scheduler of those that nobody spoke about. */
function withoutVolumes(pod: KubeObject, told: string, { events }: Scene): Finding | undefined {
  const claims = new Set(claimsOf(pod));
  const about = events.findLast(
    ({ reason, involvedObject }) => CLAIMS.has(reason) && claims.has(textAt(involvedObject, 'name')),
  );
  const last = about?.reason === 'ProvisioningSucceeded' ? undefined : about;
  if (last === undefined && !/persistent ?volume/i.test(told)) return undefined;
  const words = last === undefined ? told : `${textAt(last, 'involvedObject', 'name')}: ${textAt(last, 'message')}`;
  const isMissing = /" not found|no storage class/.test(words);
  return {
    cause: 'volume-claim',
    subject: pod,
    what: sentence(`${named(pod)} waits for its volumes: ${words}`),
    terminalAfterMs: isMissing ? CURABLE_MS : last !== undefined ? PASSING_MS : /unbound/.test(told) ? NEVER : ROOM_MS,
  };
}

function perNode(pod: KubeObject, nodes: readonly KubeObject[]): string {
  if (nodes.length === 0) return '';
  const shown = nodes.slice(0, NODES_SHOWN).map((node) => {
    const why = objections(node, pod);
    return `${node.metadata.name} ${why.length === 0 ? 'is full, or does not take it beside other pods' : why.join(' and ')}`;
  });
  const more = nodes.length > NODES_SHOWN ? `; and ${nodes.length - NODES_SHOWN} more` : '';
  return ` ${shown.join('; ')}${more}.`;
}

function patience(pod: KubeObject, events: readonly KubeObject[], { nodes, pods }: Scene): number {
  const answer = events.findLast(({ reason }) => SCALERS.has(reason));
  if (answer?.reason === 'NotTriggerScaleUp') return CURABLE_MS;
  const isMakingRoom = textAt(pod, 'status', 'nominatedNodeName') !== '' || pods.some(isTerminating);
  if (answer !== undefined || isMakingRoom) return NEVER;
  if (mayGrow(nodes)) return SCALING_MS;
  return nodes?.every((node) => objections(node, pod).length > 0) === true ? CURABLE_MS : ROOM_MS;
}
