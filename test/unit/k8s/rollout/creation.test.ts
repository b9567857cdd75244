import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnose } from '@slipway/k8s/rollout/diagnose';
import { CURABLE_MS, NEVER, RETRY_MS } from '@slipway/k8s/rollout/finding';
import { patience } from '../../../support/kube-findings.ts';
import { type Moment, moment, sceneAt, withField, withOthers } from '../../../support/kube-scenes.ts';

test('a quota that pods on their way out give back is waited for', () => {
  const full = moment('quota');
  const rolling = (maxUnavailable: unknown): Moment =>
    withField(full, ['spec', 'strategy'], { type: 'RollingUpdate', rollingUpdate: { maxUnavailable } });
  const leaving = withOthers(full, 'Pod', (pod) => ({
    ...pod,
    metadata: { ...pod.metadata, deletionTimestamp: 'now' },
  }));

  assert.equal(patience(full), CURABLE_MS, 'maxUnavailable is 0: nothing goes');
  assert.equal(patience(rolling('100%')), RETRY_MS);
  assert.equal(patience(rolling('25%')), CURABLE_MS, 'a quarter of one is none');
  assert.equal(patience(withField(full, ['spec', 'strategy'], { type: 'Recreate' })), RETRY_MS);
  assert.equal(patience(leaving), NEVER);
});

test('a refusal before our write, or before a success, is history', () => {
  const refused = moment('quota-statefulset');
  const later = withField(
    refused,
    ['metadata', 'managedFields'],
    [{ manager: 'slipway', time: '2030-01-01T00:00:00Z' }],
  );
  const success = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'z' },
    type: 'Normal',
    reason: 'SuccessfulCreate',
  };
  const involvedObject = { uid: refused.workload.metadata.uid };
  const others = [...refused.others, { ...success, involvedObject, lastTimestamp: '2029-01-01T00:00:00Z' }];

  assert.deepEqual(diagnose(sceneAt(later)), []);
  assert.deepEqual(diagnose(sceneAt({ ...refused, others })), []);
});
