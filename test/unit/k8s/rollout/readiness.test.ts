import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '@slipway/k8s/object';
import { isAwaitable, judge } from '@slipway/k8s/rollout/readiness';
import { blockingPod } from '@slipway/k8s/rollout/stateful-set';
import { type Moment, moment, sceneAt, withField, withOthers } from '../../../support/kube-scenes.ts';

const judged = (at: Moment): string => {
  const { kind, why } = judge(sceneAt(at));
  return `${kind}: ${why}`;
};
const status = (at: Moment, field: string, value: unknown): Moment => withField(at, ['status', field], value);
const spec = (at: Moment, field: string, value: unknown): Moment => withField(at, ['spec', field], value);

const REVISION = 'deployment.kubernetes.io/revision';
const READY = { type: 'Ready', status: 'True' };

const ready = moment('deployment-ready');
const rolling = moment('deployment-rolling');

const CASES: Readonly<Record<string, readonly [Moment, string]>> = {
  'a finished Deployment': [ready, 'ready: 2 of 2 updated, 2 available'],
  'one in the middle': [rolling, 'waiting: 1 of 2 updated, 2 available, 2 old left'],
  'a status of an older generation': [{ ...ready, generation: 2 }, 'waiting: not yet seen by its controller'],
  'a status that is behind a later write': [
    withField(ready, ['metadata', 'generation'], 2),
    'waiting: not yet seen by its controller',
  ],
  'a pause': [spec(ready, 'paused', true), 'failed: it is paused (spec.paused: true), so it never rolls out'],
  'a Deployment that is being deleted': [
    withField(ready, ['metadata', 'deletionTimestamp'], '2026-11-23T21:00:00Z'),
    'failed: it is being deleted',
  ],
  'one replica that is not available': [
    status(status(ready, 'availableReplicas', 1), 'unavailableReplicas', 1),
    'waiting: 2 of 2 updated, 1 available',
  ],
  'an old replica that is left': [status(ready, 'replicas', 3), 'waiting: 2 of 2 updated, 2 available, 1 old left'],
  'a ready pod that the pods do not show': [
    withOthers(ready, 'Pod', (pod) => withStatus(pod, { conditions: [] })),
    'waiting: 2 of 2 updated, 2 available, not all ready',
  ],
  'new pods that get no requests yet': [
    withOthers(ready, 'EndpointSlice', (slice) => serving(slice, [])),
    'waiting: 2 of 2 updated, 2 available, 0 of 2 in service behind web',
  ],
  'a Service that names pods before they are ready': [
    withOthers(
      withOthers(ready, 'EndpointSlice', (slice) => serving(slice, [])),
      'Service',
      publishing,
    ),
    'ready: 2 of 2 updated, 2 available',
  ],
  'no replicas wanted': [
    spec(withField(ready, ['status'], { observedGeneration: 1 }), 'replicas', 0),
    'ready: 0 of 0 updated, 0 available',
  ],
  'a time-out of this rollout': [
    moment('deployment-timed-out'),
    'failed: no progress for 2 s (1 of 1 updated, 1 available, 1 old left)',
  ],
  'a time-out that is older than our write': [
    moment('deployment-stale-time-out'),
    'waiting: 1 of 1 updated, 1 available, 1 old left',
  ],
  'a StatefulSet whose broken pod has another revision than its status says': [
    moment('statefulset-stuck'),
    'waiting: 2 of 3 updated, 2 of 3 ready',
  ],
  'a StatefulSet with a bad tag': [moment('statefulset-bad-tag'), 'waiting: 1 of 3 updated, 2 of 3 ready'],
  'a StatefulSet that is done down to its partition': [
    moment('statefulset-partition'),
    'ready: 1 of 1 updated, 3 of 3 ready, 2 kept by the partition',
  ],
  'the same without the partition': [
    spec(moment('statefulset-partition'), 'updateStrategy', { type: 'RollingUpdate' }),
    'waiting: 1 of 3 updated, 3 of 3 ready',
  ],
  'a StatefulSet that waits for somebody to delete its pods': [
    spec(moment('statefulset-partition'), 'updateStrategy', { type: 'OnDelete' }),
    'failed: its updateStrategy is OnDelete: pods stay as they are until somebody deletes them',
  ],
  'a StatefulSet with minReadySeconds that are not over': [
    status(spec(moment('statefulset-partition'), 'minReadySeconds', 10), 'availableReplicas', 2),
    'waiting: 1 of 1 updated, 3 of 3 ready, 2 kept by the partition',
  ],
  'a StatefulSet that has shrunk, with a pod too many': [
    spec(moment('statefulset-partition'), 'replicas', 2),
    'waiting: 0 of 0 updated, 2 of 2 ready, 2 kept by the partition, 1 too many',
  ],
  'a DaemonSet in the middle': [moment('daemonset-rolling'), 'waiting: 1 of 2 updated, 1 available'],
  'a DaemonSet that is done': [moment('daemonset-ready'), 'ready: 2 of 2 updated, 2 available'],
  'a DaemonSet that waits for somebody to delete its pods': [
    spec(moment('daemonset-rolling'), 'updateStrategy', { type: 'OnDelete' }),
    'failed: its updateStrategy is OnDelete: pods stay as they are until somebody deletes them',
  ],
  'a Job that is complete': [moment('job-complete'), 'ready: 1 of 1 succeeded, 0 running, 0 failed'],
  'a Job that has failed, but not ended': [
    moment('job-failed'),
    'failed: BackoffLimitExceeded: Job has reached the specified backoff limit (0 of 1 succeeded, 0 running, 0 failed)',
  ],
  'a Job that is suspended': [
    spec(status(moment('job-complete'), 'conditions', []), 'suspend', true),
    'failed: it is suspended (spec.suspend: true), so it never runs',
  ],
  'a pod that is ready': [podOf(ready), 'ready: running'],
  'a pod that starts': [withField(podOf(ready), ['status', 'conditions'], []), 'waiting: running, not ready'],
  'a pod that was evicted': [
    withField(podOf(ready), ['status'], { phase: 'Failed', reason: 'Evicted', message: 'The node was low on memory.' }),
    'failed: it failed: Evicted: The node was low on memory.',
  ],
};

for (const [title, [at, expected]] of Object.entries(CASES)) {
  test(`readiness of ${title}`, () => {
    assert.equal(judged(at), expected);
  });
}

test('an object that was deleted is not followed to one of its name', () => {
  const other = judge(sceneAt(ready, { uid: 'of-our-own-write' }));
  const gone = judge({ ...sceneAt(ready), gone: true });

  assert.deepEqual(other, {
    kind: 'failed',
    blame: 'workload',
    why: 'it was deleted meanwhile, and made anew by somebody else',
  });
  assert.equal(gone.why, 'it was deleted meanwhile');
});

test('a Job that was cleaned up after it was complete is ready', () => {
  assert.equal(judge({ ...sceneAt(moment('job-complete')), gone: true }).kind, 'ready');
  assert.equal(judge({ ...sceneAt(moment('job-failed')), gone: true }).kind, 'failed');
});

test('right counters are not enough while requests still go to an old pod', () => {
  const fresh = rolling.others.find(
    ({ kind, metadata }) => kind === 'ReplicaSet' && metadata.annotations?.[REVISION] === '2',
  );
  const counters = { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
  const counted = spec(withField(rolling, ['status'], counters), 'replicas', 1);
  const done = withOthers(counted, 'Pod', (pod) =>
    isOf(pod, fresh) ? withStatus(pod, { conditions: [READY] }) : leaving(pod),
  );
  const all = done.others.filter(({ kind }) => kind === 'Pod');

  assert.equal(judged(done), 'waiting: 1 of 1 updated, 1 available, 0 of 1 in service behind web');
  assert.equal(
    judged(withOthers(done, 'EndpointSlice', (slice) => serving(slice, all))),
    'waiting: 1 of 1 updated, 1 available, 2 old still in service behind web',
  );
  const onlyFresh = all.filter((pod) => isOf(pod, fresh));
  assert.equal(
    judged(withOthers(done, 'EndpointSlice', (slice) => serving(slice, onlyFresh))),
    'ready: 1 of 1 updated, 1 available',
  );
});

test('only kinds that roll out are waited for', () => {
  assert.equal(isAwaitable({ apiVersion: 'apps/v1', kind: 'Deployment' }), true);
  assert.equal(isAwaitable({ apiVersion: 'v1', kind: 'ConfigMap' }), false);
  assert.equal(isAwaitable({ apiVersion: 'example.com/v1', kind: 'Deployment' }), false);
});

test('the pod that blocks an ordered rollback is the broken one of the other revision', () => {
  const stuck = moment('statefulset-stuck');

  assert.equal(blockingPod(sceneAt(stuck))?.metadata.name, 'db-2');
  assert.equal(blockingPod(sceneAt(spec(stuck, 'podManagementPolicy', 'Parallel'))), undefined);
  assert.equal(blockingPod(sceneAt(spec(stuck, 'updateStrategy', { type: 'OnDelete' }))), undefined);
  assert.equal(blockingPod(sceneAt(moment('statefulset-bad-tag'))), undefined, 'the new revision is what is wanted');
  const partition = { type: 'RollingUpdate', rollingUpdate: { partition: 3 } };
  assert.equal(
    blockingPod(sceneAt(spec(stuck, 'updateStrategy', partition))),
    undefined,
    'it would come back the same',
  );
});

function podOf({ others }: Moment): Moment {
  const pod = others.find(({ kind }) => kind === 'Pod');
  assert.ok(pod !== undefined);
  return { generation: 1, workload: pod, others: [] };
}

function isOf(pod: KubeObject, replicaSet: KubeObject | undefined): boolean {
  return pod.metadata.ownerReferences?.[0]?.uid === replicaSet?.metadata.uid;
}

function withStatus(pod: KubeObject, more: Readonly<Record<string, unknown>>): KubeObject {
  return { ...pod, status: { ...pod.status, ...more } };
}

function leaving(pod: KubeObject): KubeObject {
  return { ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2026-11-23T21:38:30Z' } };
}

/** As it would name these pods, all ready. */
function serving(slice: KubeObject, pods: readonly KubeObject[]): KubeObject {
  const endpoints = pods.map(({ metadata }) => ({
    conditions: { ready: true },
    targetRef: { kind: 'Pod', name: metadata.name, uid: metadata.uid },
  }));
  return { ...slice, endpoints };
}

function publishing(service: KubeObject): KubeObject {
  return { ...service, spec: { ...service.spec, publishNotReadyAddresses: true } };
}
