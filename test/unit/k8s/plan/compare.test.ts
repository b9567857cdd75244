import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApiRefusal, type KubeApi } from '@slipway/k8s/api';
import type { KubeObject, ObjectRef } from '@slipway/k8s/object';
import { compareAll } from '@slipway/k8s/plan/compare';
import { renderChanges } from '@slipway/k8s/plan/render';
import { SOURCE_NAME } from '@slipway/k8s/render/hash-configs';
import type { JsonObject } from '@slipway/kernel/json';
import { fakeKubeApi } from '../../../support/fake-kube-api.ts';
import { bare, configMap, secret, web } from '../../../support/kube-objects.ts';

/** A cluster with these objects; only dry runs are allowed. */
function cluster(live: readonly KubeObject[], refuse?: (object: KubeObject) => ApiRefusal | undefined): KubeApi {
  const find = ({ kind, name }: ObjectRef): KubeObject | undefined =>
    live.find((object) => object.kind === kind && object.metadata.name === name);
  return fakeKubeApi({
    list: () => Promise.resolve({ items: [], resourceVersion: '1' }),
    get: (ref) => Promise.resolve(find(ref)),
    apply(object, options) {
      assert.equal(options?.dryRun, true);
      const refusal = refuse?.(object);
      if (refusal !== undefined) return Promise.reject(refusal);
      const { metadata, ...rest } = find({ apiVersion: '', kind: object.kind, name: object.metadata.name }) ?? object;
      const answer = { ...metadata, ...object.metadata, generation: 2, managedFields: [{}], resourceVersion: '3' };
      return Promise.resolve({ ...rest, ...object, metadata: answer });
    },
  });
}

function stored(object: KubeObject, status: JsonObject = {}): KubeObject {
  const annotations = {
    'deployment.kubernetes.io/revision': '7',
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
  };
  const metadata = {
    ...object.metadata,
    uid: 'u',
    generation: 1,
    resourceVersion: '2',
    creationTimestamp: 't',
    annotations,
  };
  return { ...object, metadata, status };
}

function hashed(object: KubeObject, name: string): KubeObject {
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, name, annotations: { [SOURCE_NAME]: metadata.name } } };
}

async function plan(
  objects: readonly KubeObject[],
  api: KubeApi,
  previous: readonly KubeObject[] = [],
): Promise<readonly string[]> {
  return renderChanges(await compareAll(objects, {}, api, previous));
}

test('what servers write by themselves is no difference', async () => {
  const live = stored(web({ replicas: 2 }), { readyReplicas: 2 });

  assert.deepEqual(await plan([web({ replicas: 2 })], cluster([live])), ['1 object stays as it is.']);
});

test('changes, newcomers and what stays, in the order of the apply', async () => {
  const objects = [
    web({ replicas: 3 }),
    configMap('same', {}),
    configMap('same2', {}),
    web({}, { image: 'api:1' }),
  ].map((object, index) => (index === 3 ? { ...object, metadata: { ...object.metadata, name: 'api' } } : object));
  const live = [web({ replicas: 2 }), configMap('same', {}), configMap('same2', {})].map((object) => stored(object));

  assert.deepEqual(await plan(objects, cluster(live)), [
    '~ Deployment shop/web',
    '-    spec.replicas: 2',
    '+    spec.replicas: 3',
    '+ Deployment shop/api',
    '+    app: api:1',
    '2 objects stay as they are.',
  ]);
});

test('configuration with a digest in its name is compared to what it follows', async () => {
  const before = [hashed(configMap('settings', { a: '1' }), 'settings-1'), hashed(secret('token', {}), 'token-1')];
  const after = [
    hashed(configMap('settings', { a: '2' }), 'settings-2'),
    hashed(secret('token', { t: 'eA==' }), 'token-2'),
  ];

  assert.deepEqual(await plan(after, cluster([]), before), [
    '+ ConfigMap shop/settings-2 (follows settings-1)',
    '-    data.a: "1"',
    '+    data.a: "2"',
    '+ Secret shop/token-2 (follows token-1)',
    '~    data: (changed, not shown)',
  ]);
});

test('what a dry run cannot show is said: forced, the fields of kubectl apply go, too', async () => {
  const plain = stored(web({ replicas: 2 }));
  const owner = { manager: 'kubectl-client-side-apply', operation: 'Update', fieldsV1: {} };
  const live = { ...plain, metadata: { ...plain.metadata, managedFields: [owner] } };
  const forced = await compareAll([web({ replicas: 2 })], { force: true }, cluster([live]));

  assert.deepEqual(renderChanges(forced), [
    '~ Deployment shop/web',
    '-    fields that only kubectl apply has set, and the manifest has not',
  ]);
  assert.deepEqual(await plan([web({ replicas: 2 })], cluster([live])), ['1 object stays as it is.']);
});

describe('what cannot be asked yet', () => {
  const notFound = new ApiRefusal(404, 'NotFound', 'namespaces "shop" not found', []);
  const unknown = new ApiRefusal(404, 'UnknownKind', 'The cluster knows no kind Foo in x.io/v1.', []);
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
  const spec = { group: 'x.io', names: { kind: 'Foo' } };
  const definition = { apiVersion: 'v1', kind: 'CustomResourceDefinition', metadata: { name: 'foos.x.io' }, spec };

  test('waits for the Namespace of the set', async () => {
    const api = cluster([], ({ kind }) => (kind === 'Namespace' ? undefined : notFound));

    assert.deepEqual(await plan([configMap('a', {}), namespace], api), [
      '+ Namespace shop',
      '+ ConfigMap shop/a (not tried: Namespace shop is not there yet)',
    ]);
  });

  test('waits for the definition of the set', async () => {
    const api = cluster([], ({ kind }) => (kind === 'Foo' ? unknown : undefined));

    assert.match(
      (await plan([bare('Foo', 'a', 'x.io/v1'), definition], api)).join('\n'),
      /Foo shop\/a \(not tried: Custom/,
    );
  });

  test('is an error when nothing in the set brings it, all of it at once', async () => {
    const api = cluster([], ({ kind }) => (kind === 'Foo' ? unknown : notFound));

    await assert.rejects(
      plan([bare('Foo', 'a', 'x.io/v1'), configMap('a', {})], api),
      /no namespace shop.*knows no kind Foo/s,
    );
  });
});

test('long changes are cut', async () => {
  const many = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`k${index}`, 'x']));

  const lines = await plan([configMap('a', many)], cluster([stored(configMap('a', {}))]));

  assert.ok(lines.length < 110);
});
