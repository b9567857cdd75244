import assert from 'node:assert/strict';
import type { KubeObject } from '@slipway/k8s/object';
import { diagnose } from '@slipway/k8s/rollout/diagnose';
import type { Finding } from '@slipway/k8s/rollout/finding';
import { type Moment, sceneAt, withOthers } from './kube-scenes.ts';

/** The one thing that is wrong. */
export function only(at: Moment): Finding {
  const [found, ...others] = diagnose(sceneAt(at));
  assert.ok(found !== undefined);
  assert.deepEqual(others, []);
  return found;
}

/** How long it is waited for that somebody cures it. */
export function patience(at: Moment): number {
  return only(at).terminalAfterMs;
}

export function summary({ cause, terminalAfterMs }: Finding): readonly unknown[] {
  return [cause, terminalAfterMs];
}

export function podOf({ others }: Moment): KubeObject {
  const pod = others.find(({ kind }) => kind === 'Pod');
  assert.ok(pod !== undefined);
  return pod;
}

export function podStatus(at: Moment): Readonly<Record<string, unknown>> {
  return podOf(at).status ?? {};
}

export function withPods(at: Moment, status: Readonly<Record<string, unknown>>): Moment {
  return withOthers(at, 'Pod', (pod) => ({ ...pod, status }));
}

/** With an event about its pod that comes after all others. */
export function withEvent(at: Moment, reason: string, message: string): Moment {
  const { kind, metadata } = podOf(at);
  const event = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'last' }, reason, message };
  const involvedObject = { kind, name: metadata.name, uid: metadata.uid };
  return { ...at, others: [...at.others, { ...event, involvedObject, lastTimestamp: '2030-01-01T00:00:00Z' }] };
}
