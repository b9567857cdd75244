import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApiRefusal, type KubeApi } from '@slipway/k8s/api';
import { type Need, needsOf } from '@slipway/k8s/checks/needs';
import { findMissingPermissions } from '@slipway/k8s/checks/permissions';
import type { KubeObject } from '@slipway/k8s/object';
import { isObject, type JsonObject } from '@slipway/kernel/json';
import { parseAllDocuments } from 'yaml';
import { fakeKubeApi } from '../../../support/fake-kube-api.ts';
import { bare, configMap, web, workload } from '../../../support/kube-objects.ts';

type Attributes = Readonly<Record<string, string | undefined>>;

/** A cluster that allows what `may` says, for the service account ci/deployer. */
function cluster(may: (asked: Attributes) => boolean, more: Partial<KubeApi> = {}): KubeApi & { asked: Attributes[] } {
  const asked: Attributes[] = [];
  const api = fakeKubeApi({
    resource: (_version, kind) => Promise.resolve({ name: `${kind.toLowerCase()}s`, namespaced: true }),
    review(review) {
      const kind = String(review.kind);
      const spec = isObject(review.spec) ? review.spec : {};
      const attributes = (isObject(spec.resourceAttributes) ? spec.resourceAttributes : {}) as Attributes;
      if (kind === 'SelfSubjectAccessReview') asked.push(attributes);
      const userInfo = { username: 'system:serviceaccount:ci:deployer' };
      const status: JsonObject = kind === 'SelfSubjectReview' ? { userInfo } : { allowed: may(attributes) };
      return Promise.resolve({ apiVersion: 'v1', kind, metadata: { name: '' }, status });
    },
    get: () => Promise.resolve(undefined),
    ...more,
  });
  return Object.assign(api, { asked });
}

const need = (more: Partial<Need> = {}): Need => ({
  verb: 'patch',
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace: 'shop',
  ...more,
});

test('who may do everything is asked once for each namespace', async () => {
  const api = cluster(() => true);
  const needs = [need(), need({ verb: 'get' }), need({ namespace: 'other' })];

  assert.deepEqual(await findMissingPermissions(needs, api), []);
  assert.deepEqual(
    api.asked.map(({ verb, namespace }) => [verb, namespace]),
    [
      ['*', 'shop'],
      ['*', 'other'],
    ],
  );
});

test('nothing is missing when each thing is allowed', async () => {
  const api = cluster(({ verb }) => verb !== '*');

  assert.deepEqual(
    await findMissingPermissions(
      [need(), need({ subresource: 'log', apiVersion: 'v1', kind: 'Pod', verb: 'get' })],
      api,
    ),
    [],
  );
  assert.deepEqual(api.asked.slice(-1), [
    { verb: 'get', group: '', resource: 'pods', subresource: 'log', namespace: 'shop' },
  ]);
});

test('all that is missing is told at once, with the objects to apply', async () => {
  const needs = [
    need(),
    need({ verb: 'create' }),
    need({ kind: 'StatefulSet' }),
    need({ kind: 'StatefulSet', verb: 'create' }),
    need({ verb: 'get', apiVersion: 'v1', kind: 'Pod', subresource: 'log' }),
    { verb: 'patch', apiVersion: 'v1', kind: 'Namespace' } as const,
    need({ verb: 'get', apiVersion: 'v1', kind: 'Secret' }),
  ];
  const api = cluster(({ resource }) => resource === 'secrets');

  const [problem, ...others] = await findMissingPermissions(needs, api);

  assert.deepEqual(others, []);
  assert.equal(
    problem?.what,
    'system:serviceaccount:ci:deployer may not do all that this run needs; nothing was written.',
  );
  assert.equal(
    problem.got,
    'missing: namespace shop: get pods/log; create, patch deployments, statefulsets | cluster-wide: patch namespaces',
  );
  const [, ...lines] = (problem.fix ?? '').split('\n');
  const [role, binding, clusterRole, clusterBinding] = parseAllDocuments(lines.join('\n')).map(
    (document) => document.toJS() as KubeObject,
  );
  assert.deepEqual(role, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'slipway-deploy', namespace: 'shop' },
    rules: [
      { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
      { apiGroups: ['apps'], resources: ['deployments', 'statefulsets'], verbs: ['create', 'patch'] },
    ],
  });
  assert.deepEqual(binding?.subjects, [{ kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' }]);
  assert.deepEqual(binding.roleRef, { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'slipway-deploy' });
  assert.deepEqual(
    [clusterRole?.kind, clusterBinding?.kind, clusterRole?.metadata.namespace],
    ['ClusterRole', 'ClusterRoleBinding', undefined],
  );
});

const byName = ({ verb, name }: Attributes): boolean => verb === 'patch' && name !== undefined && name !== 'api';

const none = (): boolean => false;

test('what is only good to have is told with the rest, and never by itself', async () => {
  const events = need({ verb: 'list', apiVersion: 'v1', kind: 'Event', isOptional: true });
  const nothing = cluster(() => false);

  assert.deepEqual(await findMissingPermissions([events], nothing), []);
  const [problem] = await findMissingPermissions([events, need()], nothing);
  assert.match(problem?.got ?? '', /list events; patch deployments/);
});

describe('a Role may be for certain objects', () => {
  test('all of them allowed by name', async () => {
    assert.deepEqual(await findMissingPermissions([need({ names: ['web', 'web2'] })], cluster(byName)), []);
  });

  test('one of them not', async () => {
    assert.equal((await findMissingPermissions([need({ names: ['web', 'api'] })], cluster(byName))).length, 1);
  });

  test('what is there need not be created', async () => {
    const create = need({ verb: 'create', names: ['web'] });
    const there = cluster(none, { get: () => Promise.resolve(web()) });
    const hidden = cluster(none, { get: () => Promise.reject(new ApiRefusal(403, 'Forbidden', 'no', [])) });

    assert.deepEqual(await findMissingPermissions([create], there), []);
    assert.equal((await findMissingPermissions([create], cluster(none))).length, 1);
    assert.equal((await findMissingPermissions([create], hidden)).length, 1);
  });
});

const words = (objects: readonly KubeObject[]): string[] =>
  needsOf(objects, 'shop').map(({ verb, kind, subresource, namespace = '-', resource }) =>
    [verb, subresource === undefined ? kind : `${kind}/${subresource}`, namespace, resource].filter(Boolean).join(' '),
  );

describe('what a run needs', () => {
  test('records in their namespace, whatever the set', () => {
    const found = words([]);

    for (const wanted of ['create Lease shop', 'update ConfigMap shop', 'get Secret shop'])
      assert.ok(found.includes(wanted), wanted);
    assert.ok(found.every((word) => !word.includes('Pod')));
  });

  test('a Deployment is applied, taken away, watched and explained', () => {
    const found = words([web()]);

    const own = ['get', 'create', 'patch', 'delete', 'list', 'watch'].map((verb) => `${verb} Deployment shop`);
    const others = ['list ReplicaSet', 'watch Pod', 'list Event', 'get Pod/log', 'list HorizontalPodAutoscaler'];
    for (const wanted of [...own, ...others.map((word) => `${word} shop`)]) assert.ok(found.includes(wanted), wanted);
    assert.ok(!found.includes('delete Pod shop'));
  });

  test('what explains is only good to have, unless it is needed anyway', () => {
    const optional = needsOf([web(), bare('Service', 'web')], 'shop').filter(({ isOptional }) => isOptional === true);

    assert.deepEqual([...new Set(optional.map(({ kind }) => kind))].toSorted(), [
      'ControllerRevision',
      'EndpointSlice',
      'Event',
      'Pod',
      'Service',
    ]);
    assert.deepEqual(
      optional
        .filter(({ kind }) => kind === 'Pod' || kind === 'Service')
        .map(({ verb, subresource }) => [verb, subresource]),
      [
        ['get', 'log'],
        ['list', undefined],
        ['watch', undefined],
      ],
    );
  });

  test('pods are deleted only for StatefulSets, and what holds data never', () => {
    const volume = bare('PersistentVolumeClaim', 'data');

    assert.ok(words([workload('StatefulSet', {}, {})]).includes('delete Pod shop'));
    assert.deepEqual(
      words([volume]).filter((word) => word.includes('PersistentVolumeClaim')),
      ['get PersistentVolumeClaim shop', 'create PersistentVolumeClaim shop', 'patch PersistentVolumeClaim shop'],
    );
  });

  test('cluster-wide kinds, and kinds that the set itself defines', () => {
    const spec = { group: 'x.io', names: { kind: 'Foo', plural: 'fooz' } };
    const definition = { apiVersion: 'v1', kind: 'CustomResourceDefinition', metadata: { name: 'f' }, spec };

    const found = words([definition, bare('Foo', 'a', 'x.io/v1')]);

    assert.ok(found.includes('patch CustomResourceDefinition -'));
    assert.ok(found.includes('patch Foo shop fooz'));
  });

  test('each thing once; names only where all are named', () => {
    const needs = needsOf([configMap('a', {}), web(), bare('Service', 's'), bare('Service', 't')], 'shop');

    const keys = needs.map(({ verb, apiVersion, kind, subresource, namespace }) =>
      [verb, apiVersion, kind, subresource, namespace].join(),
    );
    assert.equal(new Set(keys).size, keys.length);
    assert.deepEqual(needs.find(({ kind, verb }) => kind === 'Service' && verb === 'patch')?.names, ['s', 't']);
    assert.equal(needs.find(({ kind, verb }) => kind === 'ConfigMap' && verb === 'create')?.names, undefined);
  });
});
