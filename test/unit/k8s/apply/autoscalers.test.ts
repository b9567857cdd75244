import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { replicasBeside, respectAutoscalers } from '@slipway/k8s/apply/autoscalers';
import type { KubeObject } from '@slipway/k8s/object';
import { fakeKubeApi } from '../../../support/fake-kube-api.ts';
import { bare, web, workload } from '../../../support/kube-objects.ts';

const wanted = web({ replicas: 4 });

function hpa(name: string, kind = 'Deployment'): KubeObject {
  const spec = { scaleTargetRef: { apiVersion: 'apps/v1', kind, name } };
  return { ...bare('HorizontalPodAutoscaler', 'scaler', 'autoscaling/v2'), spec };
}

function liveWith(replicas: number, ...managers: readonly string[]): KubeObject {
  const managedFields = managers.map((manager) => ({ manager, fieldsV1: { 'f:spec': { 'f:replicas': {} } } }));
  return { ...wanted, metadata: { ...wanted.metadata, managedFields }, spec: { ...wanted.spec, replicas } };
}

function cluster(scalers: readonly KubeObject[], live?: KubeObject) {
  return fakeKubeApi({
    list: () => Promise.resolve({ items: scalers, resourceVersion: '1' }),
    get: () => Promise.resolve(live),
  });
}

describe('replicas of a workload that an autoscaler targets', () => {
  const rows: readonly (readonly [name: string, live: KubeObject | undefined, replicas: number | undefined])[] = [
    ['at the start: as in the manifest', undefined, 4],
    ['the autoscaler has set them: not a word', liveWith(7, 'kube-controller-manager'), undefined],
    ['somebody else has: not a word', liveWith(7, 'kubectl-client-side-apply', 'slipway'), undefined],
    ['ours alone: as they are, or they would fall to 1', liveWith(7, 'slipway'), 7],
    ['nobody owns them: not a word', liveWith(7), undefined],
  ];
  for (const [name, live, replicas] of rows) {
    test(name, async () => {
      assert.equal(replicasBeside(wanted, live), replicas);

      const [object] = await respectAutoscalers([wanted], cluster([hpa('web')], live));

      assert.equal(object?.spec?.replicas, replicas);
      assert.deepEqual(object?.spec?.template, wanted.spec?.template);
    });
  }
});

test('an autoscaler of the set counts before it is in the cluster, one of KEDA too', async () => {
  const keda = { ...bare('ScaledObject', 'scaler', 'keda.sh/v1alpha1'), spec: { scaleTargetRef: { name: 'web' } } };

  for (const scaler of [hpa('web'), keda]) {
    const [object] = await respectAutoscalers([wanted, scaler], cluster([], liveWith(7, 'hpa')));

    assert.equal(object?.spec?.replicas, undefined);
  }
});

describe('left alone', () => {
  const other = { ...hpa('web'), metadata: { name: 'scaler', namespace: 'other' } };
  const rows: readonly (readonly [name: string, object: KubeObject, scalers: readonly KubeObject[]])[] = [
    ['without an autoscaler', wanted, []],
    ['one for another name', wanted, [hpa('api')]],
    ['one for another kind', wanted, [hpa('web', 'StatefulSet')]],
    ['one of another namespace', wanted, [other]],
    ['no replicas in the manifest', web(), [hpa('web')]],
    ['a DaemonSet', workload('DaemonSet', {}, { containers: [] }), [hpa('web')]],
  ];
  for (const [name, object, scalers] of rows) {
    test(name, async () => {
      assert.deepEqual(await respectAutoscalers([object], cluster(scalers, liveWith(7, 'hpa'))), [object]);
    });
  }

  test('nothing is asked for a set without workloads', async () => {
    const map = bare('ConfigMap', 'a');

    assert.deepEqual(await respectAutoscalers([map], fakeKubeApi({})), [map]);
  });
});
