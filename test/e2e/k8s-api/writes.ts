import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { ApiRefusal } from '@slipway/k8s/api';
import { applyAll } from '@slipway/k8s/apply/apply-all';
import { type KubeObject, refOf } from '@slipway/k8s/object';
import { compareAll } from '@slipway/k8s/plan/compare';
import { renderChanges } from '@slipway/k8s/plan/render';
import { hashConfigs } from '@slipway/k8s/render/hash-configs';
import { empty, type Place, settings } from './place.ts';

/** Applied, applied again, and changed: the generation of the answer is that of our own write. */
export async function appliesOnce(_t: TestContext, place: Place): Promise<void> {
  const generations = [];
  for (const replicas of [0, 0, 0]) {
    const [applied] = await applyAll([empty(place, { replicas })], {}, place);
    generations.push(applied?.answer.metadata.generation);
  }
  const [changed] = await applyAll([empty(place, { minReadySeconds: 1 })], {}, place);

  assert.deepEqual(generations, [1, 1, 1]);
  assert.equal(changed?.answer.metadata.generation, 2);
}

/** What somebody else owns is taken only when asked for, and the owner and field are named. */
export async function tellsConflicts(_t: TestContext, place: Place): Promise<void> {
  const { api, cluster, namespace } = place;
  await cluster.run(['set', 'image', 'deployment/web', 'app=other:v1', '-n', namespace]);

  await assert.rejects(applyAll([empty(place)], {}, place), (thrown: Error) => {
    assert.match(thrown.message, /Deployment \S+\/web: the manifest sets fields that somebody else manages/);
    assert.match(thrown.message, /containers\[name="app"\]\.image is owned by "kubectl-set" \(apps\/v1\)/);
    assert.match(thrown.message, /force-conflicts: true/);
    return true;
  });
  assert.match(await imageOf(place), /^other:v1$/);

  await applyAll([empty(place)], { force: true }, place);
  assert.equal(await imageOf(place), 'app:v1');
  assert.notEqual(await api.get(refOf(empty(place))), undefined);
}

/** What came by `kubectl apply` becomes ours when asked for: what the manifest no longer has is gone, too. */
export async function takesOverFromKubectl(_t: TestContext, place: Place): Promise<void> {
  const { cluster, namespace, api } = place;
  const plain = empty(place, { minReadySeconds: 3, progressDeadlineSeconds: 77, replicas: 2, paused: true }, 'kube');
  await cluster.run(['apply', '-f', '-', '-n', namespace], JSON.stringify(plain));
  await cluster.run(['autoscale', 'deployment', 'kube', '--min=2', '--max=9', '-n', namespace]);
  const wish = empty(place, { minReadySeconds: 4, replicas: 1, paused: true }, 'kube');

  await assert.rejects(applyAll([wish], {}, place), /minReadySeconds is owned by "kubectl-client-side-apply"/);
  const [first] = await applyAll([wish], { force: true }, place);
  const [second] = await applyAll([wish], {}, place);

  const { minReadySeconds, progressDeadlineSeconds, replicas } = first?.answer.spec ?? {};
  assert.deepEqual([minReadySeconds, progressDeadlineSeconds, replicas], [4, 600, 2]);
  assert.equal(second?.answer.metadata.generation, first?.answer.metadata.generation);
  const annotations = (await api.get(refOf(wish)))?.metadata.annotations ?? {};
  assert.equal(annotations['kubectl.kubernetes.io/last-applied-configuration'], undefined);
}

async function imageOf({ cluster, namespace }: Place): Promise<string> {
  const path = 'jsonpath={.spec.template.spec.containers[0].image}';
  return await cluster.run(['get', 'deployment', 'web', '-n', namespace, '-o', path]);
}

/** A plan is what the server itself says, and leaves every object as it was. */
export async function plansWithoutWriting(_t: TestContext, place: Place): Promise<void> {
  const { api, namespace } = place;
  const password = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'plain', namespace },
    data: { p: 'aHVudGVyMg==' },
  };
  const before = hashConfigs([settings(place, 'greeting', { text: 'hello\nworld\n' }), reader(place), password], 'key');
  const after = hashConfigs(
    [
      settings(place, 'greeting', { text: 'hello\nmoon\n' }),
      reader(place, 2),
      { ...password, data: { p: 'aHVudGVyMw==' } },
    ],
    'key',
  );
  await applyAll(before, {}, place);
  const state = await everything(place);

  const changes = renderChanges(await compareAll(after, {}, api, before));

  const text = changes.join('\n').replaceAll(/-[0-9a-f]{8}\b/g, '-HASH');
  assert.equal(
    text,
    [
      `+ ConfigMap ${namespace}/greeting-HASH (follows greeting-HASH)`,
      '     data.text:',
      '-    world',
      '+    moon',
      `~ Secret ${namespace}/plain`,
      '~    data.p: (changed, not shown)',
      `~ Deployment ${namespace}/reader`,
      '-    spec.minReadySeconds: 1',
      '+    spec.minReadySeconds: 2',
      '-    spec.template.spec.containers[app].envFrom: [{"configMapRef":{"name":"greeting-HASH"}}]',
      '+    spec.template.spec.containers[app].envFrom: [{"configMapRef":{"name":"greeting-HASH"}}]',
    ].join('\n'),
  );
  assert.deepEqual(renderChanges(await compareAll(before, {}, api)), ['3 objects stay as they are.']);
  assert.deepEqual(await everything(place), state);
}

function reader(place: Place, minReadySeconds = 1): KubeObject {
  const containers = [{ name: 'app', image: 'app:v1', envFrom: [{ configMapRef: { name: 'greeting' } }] }];
  const template = { metadata: { labels: { app: 'reader' } }, spec: { containers } };
  return empty(place, { minReadySeconds, template }, 'reader');
}

/** Every object that the tests write, with its version; that of a Deployment counts no changes of its status. */
async function everything({ api, namespace }: Place): Promise<readonly string[]> {
  const kinds = [
    { apiVersion: 'v1', kind: 'ConfigMap' },
    { apiVersion: 'v1', kind: 'Secret' },
    { apiVersion: 'apps/v1', kind: 'Deployment' },
  ];
  const lists = await Promise.all(kinds.map((kind) => api.list({ ...kind, namespace })));
  return lists.flatMap(({ items }) =>
    items.map(({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.generation ?? metadata.resourceVersion}`),
  );
}

/** What a server refuses comes in words, and at once. */
export async function tellsRefusals(t: TestContext, place: Place): Promise<void> {
  const { namespace, cluster } = place;
  await cluster.run(['create', 'quota', 'few', '--hard=services=0', '-n', namespace]);
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', namespace },
    spec: { ports: [{ port: 80 }] },
  };
  const rows: readonly (readonly [name: string, object: KubeObject, words: RegExp])[] = [
    [
      'a field that is not there',
      empty(place, { replica: 1 }),
      /does not fit the schema.*\.spec\.replica: field not declared/s,
    ],
    ['a bad value', empty(place, { replicas: -1 }), /is not valid.*spec\.replicas: Invalid value: -1/s],
    ['what never changes', empty(place, { selector: { matchLabels: { app: 'x' } } }), /never changes this field/],
    ['no namespace', { ...service, metadata: { name: 's', namespace: 'nowhere' } }, /there is no namespace nowhere/],
    ['a full quota', service, /does not fit into the quota.*few, requested: services=1/s],
    ['a kind that nobody knows', { ...service, apiVersion: 'x.io/v1', kind: 'Foo' }, /knows no kind Foo/],
  ];
  for (const [name, object, words] of rows) {
    await t.test(name, async () => {
      const began = place.clock.monotonic();

      await assert.rejects(applyAll([object], {}, place), words);
      assert.ok(place.clock.monotonic() - began < 1_000);
    });
  }
}

/** Only the object that was seen is deleted, and the way is the one asked for. */
export async function deletesTheVeryOne(_t: TestContext, { api, namespace }: Place): Promise<void> {
  const wanted = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'gone', namespace } };
  const first = await api.apply(wanted);
  await api.remove(refOf(first));
  const second = await api.apply(wanted);

  await assert.rejects(api.remove(refOf(second), { uid: first.metadata.uid ?? '' }), (thrown) => {
    return thrown instanceof ApiRefusal && thrown.reason === 'Conflict';
  });
  assert.equal((await api.get(refOf(second)))?.metadata.uid, second.metadata.uid);
  await api.remove(refOf(second), { uid: second.metadata.uid ?? '' });
  assert.equal(await api.get(refOf(second)), undefined);
}
