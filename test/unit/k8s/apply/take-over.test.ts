import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApiRefusal } from '@slipway/k8s/api';
import { takeOver, withoutClientSide } from '@slipway/k8s/apply/take-over';
import type { KubeObject } from '@slipway/k8s/object';
import type { JsonObject } from '@slipway/kernel/json';
import { fakeKubeApi } from '../../../support/fake-kube-api.ts';
import { web } from '../../../support/kube-objects.ts';

const owner = (manager: string, operation: string, fieldsV1: JsonObject, more: JsonObject = {}): JsonObject => ({
  manager,
  operation,
  apiVersion: 'apps/v1',
  fieldsType: 'FieldsV1',
  fieldsV1,
  ...more,
});
const kubectl = (fields: JsonObject): JsonObject => owner('kubectl-client-side-apply', 'Update', fields);
const ours = (fields: JsonObject): JsonObject => owner('slipway', 'Apply', fields);
const scaler = owner('kube-controller-manager', 'Update', { 'f:spec': { 'f:replicas': {} } }, { subresource: 'scale' });

describe('owners after the take-over', () => {
  const rows: readonly (readonly [
    name: string,
    before: readonly JsonObject[],
    after: readonly JsonObject[] | undefined,
  ])[] = [
    ['nobody', [], undefined],
    ['kubectl owns nothing', [ours({ 'f:a': {} }), scaler], undefined],
    ['kubectl alone', [kubectl({ 'f:a': {} }), scaler], [ours({ 'f:a': {} }), scaler]],
    [
      'kubectl and we',
      [scaler, kubectl({ 'f:a': { 'f:b': {} }, 'f:c': {} }), ours({ 'f:a': { 'f:d': {} } })],
      [ours({ 'f:a': { 'f:d': {}, 'f:b': {} }, 'f:c': {} }), scaler],
    ],
    ['a server-side apply of kubectl is not meant', [owner('kubectl', 'Apply', { 'f:a': {} })], undefined],
  ];
  for (const [name, before, after] of rows) {
    test(name, () => {
      assert.deepEqual(withoutClientSide(before), after);
    });
  }
});

function live(resourceVersion: string): KubeObject {
  return { ...web(), metadata: { ...web().metadata, resourceVersion, managedFields: [kubectl({ 'f:a': {} })] } };
}

const conflict = new ApiRefusal(409, 'Conflict', 'the object has been modified', []);

test('it names the version that it was decided on, and looks again when somebody was faster', async () => {
  const patches: unknown[] = [];
  const api = fakeKubeApi({
    get: () => Promise.resolve(live(String(patches.length))),
    mergePatch(_ref, patch) {
      patches.push(patch);
      return patches.length < 3 ? Promise.reject(conflict) : Promise.resolve(web());
    },
  });

  await takeOver(web(), api);

  const managedFields = [ours({ 'f:a': {} })];
  assert.deepEqual(
    patches,
    ['0', '1', '2'].map((resourceVersion) => ({ metadata: { managedFields, resourceVersion } })),
  );
});

test('but not for ever', async () => {
  const api = fakeKubeApi({ get: () => Promise.resolve(live('1')), mergePatch: () => Promise.reject(conflict) });

  await assert.rejects(takeOver(web(), api), conflict);
});

test('a new object is nobody else’s', async () => {
  await takeOver(web(), fakeKubeApi({ get: () => Promise.resolve(undefined) }));
});
