import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { placeObjects } from '@slipway/k8s/manifests/place-objects';
import { readYaml } from '@slipway/k8s/manifests/yaml';
import type { KubeObject } from '@slipway/k8s/object';

const KNOWN: Readonly<Record<string, boolean>> = {
  CustomResourceDefinition: false,
  ClusterRole: false,
  ConfigMap: true,
  Secret: true,
};
const api = { isNamespaced: (_version: string, kind: string) => Promise.resolve(KNOWN[kind]) };

async function place(...texts: readonly string[]): Promise<readonly KubeObject[]> {
  return await placeObjects(readYaml(texts.join('\n---\n'), 'k8s.yaml').manifests, 'shop', api);
}

const crd = (kind: string, scope: string): string =>
  `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: ${kind} }\nspec: { group: example.com, scope: ${scope}, names: { kind: ${kind} } }`;

const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }';

test('objects come into the namespace, cluster-wide ones into none', async () => {
  const role = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: r, namespace: other }';
  const [map, same, cluster] = await place(MAP, MAP.replace('name: a', 'name: b, namespace: shop'), role);

  assert.equal(map?.metadata.namespace, 'shop');
  assert.equal(same?.metadata.namespace, 'shop');
  assert.deepEqual(cluster?.metadata, { name: 'r' });
});

test('what only servers write is left out', async () => {
  const metadata =
    'name: a, uid: u, resourceVersion: "1", generation: 2, creationTimestamp: null, managedFields: [], labels: {b: c}';
  const [map] = await place(`apiVersion: v1\nkind: ConfigMap\nmetadata: {${metadata}}\nstatus: { x: 1 }\ndata: {}`);

  assert.deepEqual(map, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', labels: { b: 'c' }, namespace: 'shop' },
    data: {},
  });
});

test('the texts of a Secret become data, and win over it, as on the server', async () => {
  const [secret] = await place(
    'apiVersion: v1\nkind: Secret\nmetadata: { name: s }\ndata: { a: b2xk, b: Yg== }\nstringData: { a: new, c: "ü" }',
  );

  assert.deepEqual(secret?.data, { a: 'bmV3', b: 'Yg==', c: 'w7w=' });
  assert.equal(secret?.stringData, undefined);
});

test('a kind that the set itself defines is known by its definition', async () => {
  const [, , wide, near] = await place(
    crd('Wide', 'Cluster'),
    crd('Near', 'Namespaced'),
    'apiVersion: example.com/v1\nkind: Wide\nmetadata: { name: far }',
    'apiVersion: example.com/v1\nkind: Near\nmetadata: { name: here }',
  );

  assert.equal(wide?.metadata.namespace, undefined);
  assert.equal(near?.metadata.namespace, 'shop');
});

describe('refused', () => {
  const rows: readonly (readonly [name: string, texts: readonly string[], message: RegExp])[] = [
    [
      'another namespace',
      [MAP.replace('name: a', 'name: a, namespace: prod')],
      /k8s\.yaml, line 1: the ConfigMap a .*\n +got: +namespace: prod\n +allowed: shop/,
    ],
    [
      'an unknown kind',
      ['apiVersion: x.io/v1\nkind: Foo\nmetadata: { name: f }'],
      /the cluster knows no kind Foo in x\.io\/v1/,
    ],
    ['twice', [MAP, MAP], /ConfigMap shop\/a is there twice.*document 1, line 1; k8s\.yaml, document 2, line 5/s],
    ['three times, in other versions', [MAP, MAP, MAP.replace('v1', 'v2')], /is there 3 times/],
  ];
  for (const [name, texts, message] of rows) {
    test(name, async () => {
      await assert.rejects(place(...texts), message);
    });
  }

  test('all at once', async () => {
    const other = MAP.replace('name: a', 'name: a, namespace: prod');
    await assert.rejects(place(MAP, MAP, other, 'apiVersion: x.io/v1\nkind: Foo\nmetadata: { name: f }'), (thrown) => {
      assert.equal((thrown as { problems: unknown[] }).problems.length, 3);
      return true;
    });
  });
});
