import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '@slipway/k8s/object';
import { podSpecOf } from '@slipway/k8s/pod-template';
import { configsReadBy } from '@slipway/k8s/render/config-refs';
import { hashConfigs, SOURCE_NAME } from '@slipway/k8s/render/hash-configs';
import type { JsonObject } from '@slipway/kernel/json';
import * as fc from 'fast-check';
import { bare, configMap, secret, web, workload } from '../../../support/kube-objects.ts';

const KEY = 'a key';

/** A pod that reads the ConfigMap `settings` and the Secret `token` in every way there is. */
const READER: JsonObject = {
  initContainers: [{ name: 'init', envFrom: [{ configMapRef: { name: 'settings' } }] }],
  containers: [
    {
      name: 'app',
      env: [
        { name: 'settings', value: 'settings' },
        { name: 'GREETING', valueFrom: { configMapKeyRef: { name: 'settings', key: 'settings' } } },
        { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'token', key: 'token' } } },
      ],
      envFrom: [{ prefix: 'A_', secretRef: { name: 'token' } }],
    },
  ],
  volumes: [
    { name: 'settings', configMap: { name: 'settings', items: [{ key: 'settings', path: 'settings' }] } },
    { name: 'token', secret: { secretName: 'token' } },
    {
      name: 'all',
      projected: { sources: [{ configMap: { name: 'settings' } }, { secret: { name: 'token' } }, { downwardAPI: {} }] },
    },
    { name: 'csi', csi: { driver: 'd', nodePublishSecretRef: { name: 'token' } } },
  ],
  imagePullSecrets: [{ name: 'token' }],
  serviceAccountName: 'settings',
};

const nameOf = (objects: readonly KubeObject[], kind: string): string[] =>
  objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);

test('what pods read gets a digest in its name, and every way to read it follows', () => {
  const set = [configMap('settings', { a: '1' }), secret('token', { t: 'eA==' }), workload('Deployment', {}, READER)];

  const [map, kept, hashed, deployment] = hashConfigs(set, KEY);

  const [mapName, secretName] = [map?.metadata.name ?? '', hashed?.metadata.name ?? ''];
  assert.match(mapName, /^settings-[0-9a-f]{8}$/);
  assert.match(secretName, /^token-[0-9a-f]{8}$/);
  assert.deepEqual(kept, set[1], 'pull secrets keep their name');
  assert.deepEqual(
    [map?.immutable, hashed?.immutable, map?.metadata.annotations?.[SOURCE_NAME], map?.data],
    [true, true, 'settings', { a: '1' }],
  );
  const expected = JSON.stringify(READER)
    .replaceAll(/(configMap(?:Ref|KeyRef)?":\{"name":")settings/g, `$1${mapName}`)
    .replaceAll(
      /(secret(?:Ref|KeyRef)?":\{"(?:name|secretName)":"|nodePublishSecretRef":\{"name":")token/gi,
      `$1${secretName}`,
    );
  assert.deepEqual(podSpecOf(deployment ?? bare('Pod', 'x')), JSON.parse(expected));
});

describe('pods of every kind follow', () => {
  for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Pod']) {
    test(kind, () => {
      const [map, reader] = hashConfigs([configMap('settings', { a: '1' }), workload(kind, {}, READER)], KEY);

      const names = configsReadBy(reader ?? bare('Pod', 'x')).filter((ref) => ref.kind === 'ConfigMap');
      assert.deepEqual([...new Set(names.map(({ name }) => name))], [map?.metadata.name]);
    });
  }
});

const nameFor = (object: KubeObject, key = KEY): string =>
  nameOf(hashConfigs([object, workload('Deployment', {}, READER)], key), object.kind).at(-1) ?? '';

describe('the name follows the content and nothing else', () => {
  const map = configMap('settings', { a: '1', b: '2' });
  const token = secret('token', { t: 'eA==' });

  test('the same content', () => {
    const labelled = { ...map, metadata: { ...map.metadata, labels: { x: 'y' } } };

    assert.equal(nameFor(configMap('settings', { b: '2', a: '1' })), nameFor(map));
    assert.equal(nameFor(labelled), nameFor(map));
  });

  test('another content', () => {
    assert.notEqual(nameFor(configMap('settings', { a: '1', b: '3' })), nameFor(map));
    assert.notEqual(nameFor({ ...map, data: undefined, binaryData: map.data }), nameFor(map));
    assert.notEqual(nameFor({ ...token, type: 'other' }), nameFor(token));
  });

  test('Secrets by a key that only the cluster has, ConfigMaps without', () => {
    assert.notEqual(nameFor(token, 'another key'), nameFor(token));
    assert.equal(nameFor(map, 'another key'), nameFor(map));
  });

  test('a long name is cut, and stays short enough', () => {
    const name = 'x'.repeat(253);
    const reader = workload('Pod', {}, { containers: [], volumes: [{ configMap: { name } }] });

    const [hashed] = hashConfigs([configMap(name, { a: '1' }), reader], KEY);

    assert.equal(hashed?.metadata.name.length, 253);
  });
});

describe('these keep their names', () => {
  const settings = configMap('settings', { a: '1' });
  const tls = secret('tls', { 'tls.crt': 'eA==' });
  const ingress = { ...bare('Ingress', 'web', 'networking.k8s.io/v1'), spec: { tls: [{ secretName: 'tls' }] } };
  const rows: readonly (readonly [name: string, set: readonly KubeObject[]])[] = [
    ['what no pod reads', [settings, web()]],
    ['the certificate of an Ingress', [tls, ingress, web()]],
    ['what is not in the set', [workload('Deployment', {}, READER)]],
    [
      'what a pod of another namespace reads',
      [{ ...settings, metadata: { name: 'settings', namespace: 'b' } }, workload('Pod', {}, READER)],
    ],
    ['what others fill later', [{ ...settings, data: {} }, bare('Secret', 'token'), workload('Pod', {}, READER)]],
    [
      'a token of a service account',
      [{ ...secret('token', { a: 'b' }), type: 'kubernetes.io/service-account-token' }, workload('Pod', {}, READER)],
    ],
  ];
  for (const [name, set] of rows) {
    test(name, () => {
      assert.deepEqual(hashConfigs(set, KEY), set);
    });
  }
});

const role = (resource: string): KubeObject => ({
  ...bare('Role', 'r', 'rbac.authorization.k8s.io/v1'),
  rules: [{ apiGroups: [''], resources: [resource], resourceNames: ['both'], verbs: ['get'] }],
});

describe('what others name too is there under both names', () => {
  const pod = {
    containers: [{ name: 'app', envFrom: [{ configMapRef: { name: 'both' } }, { secretRef: { name: 'both' } }] }],
  };
  const gateway = {
    ...bare('Gateway', 'g', 'gateway.networking.k8s.io/v1'),
    spec: { listeners: [{ tls: { certificateRefs: [{ name: 'both' }] } }] },
  };
  const rows: readonly (readonly [name: string, kind: 'ConfigMap' | 'Secret', other: KubeObject])[] = [
    [
      'an Ingress',
      'Secret',
      { ...bare('Ingress', 'i', 'networking.k8s.io/v1'), spec: { tls: [{ secretName: 'both' }] } },
    ],
    ['a Gateway', 'Secret', gateway],
    ['a service account', 'Secret', { ...bare('ServiceAccount', 's'), imagePullSecrets: [{ name: 'both' }] }],
    ['a Role for Secrets', 'Secret', role('secrets')],
    ['a Role for ConfigMaps', 'ConfigMap', role('configmaps')],
    [
      'a custom resource',
      'ConfigMap',
      { ...bare('Thing', 't', 'x.io/v1'), spec: { from: { configMapRef: { name: 'both' } } } },
    ],
  ];
  for (const [name, kind, other] of rows) {
    test(name, () => {
      const set = [
        configMap('both', { a: '1' }),
        secret('both', { a: 'eA==' }),
        workload('Deployment', {}, pod),
        other,
      ];

      const names = nameOf(hashConfigs(set, KEY), kind);

      assert.equal(names.length, 2);
      assert.equal(names[0], 'both');
      assert.equal(nameOf(hashConfigs(set, KEY), kind === 'Secret' ? 'ConfigMap' : 'Secret').length, 1);
    });
  }
});

test('nothing but names changes, and every name that pods read is there', () => {
  const names = ['a', 'b', 'c'];
  const kind = fc.constantFrom('configMapRef', 'secretRef');
  const pods = fc.array(fc.array(fc.tuple(kind, fc.constantFrom(...names, 'outside')), { maxLength: 4 }), {
    maxLength: 3,
  });
  fc.assert(
    fc.property(pods, fc.subarray(names), (all, present) => {
      const set = [
        ...present.flatMap((name) => [configMap(name, { name }), secret(name, { name })]),
        ...all.map((refs) =>
          workload(
            'Deployment',
            {},
            { containers: [{ name: 'app', envFrom: refs.map(([ref, name]) => ({ [ref]: { name } })) }] },
          ),
        ),
      ];

      const hashed = hashConfigs(set, KEY);

      const there = new Set(hashed.map((object) => `${object.kind} ${object.metadata.name}`));
      for (const object of hashed) {
        for (const ref of configsReadBy(object)) {
          const isOutside = ref.name === 'outside' || (names.includes(ref.name) && !present.includes(ref.name));
          assert.ok(isOutside || there.has(`${ref.kind} ${ref.name}`), `${ref.kind} ${ref.name}`);
          assert.ok(isOutside || !names.includes(ref.name), 'the plain name is read no longer');
        }
      }
    }),
  );
});
