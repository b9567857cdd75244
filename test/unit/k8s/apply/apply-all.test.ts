import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiRefusal, type KubeApi } from '@slipway/k8s/api';
import { applyAll } from '@slipway/k8s/apply/apply-all';
import type { KubeObject } from '@slipway/k8s/object';
import { UserError } from '@slipway/kernel/errors';
import { fakeKubeApi } from '../../../support/fake-kube-api.ts';
import { bare, configMap, web } from '../../../support/kube-objects.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

const { signal } = new AbortController();
const clock = virtualClock();

interface Recording {
  readonly api: KubeApi;
  /** `begin web`, `end web`, in their order. */
  readonly calls: readonly string[];
}

function recording(refuse: readonly string[] = [], more: Partial<KubeApi> = {}): Recording {
  const calls: string[] = [];
  const api = fakeKubeApi({
    list: () => Promise.resolve({ items: [], resourceVersion: '1' }),
    get: () => Promise.resolve(undefined),
    async apply(object, options) {
      const { name } = object.metadata;
      calls.push(`begin ${name}${options?.dryRun === true ? ' dry' : ''}${options?.force === true ? ' forced' : ''}`);
      await clock.sleep(1);
      calls.push(`end ${name}`);
      if (refuse.includes(name)) throw new ApiRefusal(400, 'BadRequest', `no ${name}`, []);
      return { ...object, metadata: { ...object.metadata, generation: 7 } };
    },
    ...more,
  });
  return { api, calls };
}

test('ranks come one after the other, objects of one rank together, and each has its answer', async () => {
  const { api, calls } = recording();
  const objects = [web({ replicas: 2 }), configMap('a', {}), bare('Service', 's'), configMap('b', {})];

  const applied = await applyAll(objects, { force: true }, { api, clock, signal });

  assert.deepEqual(calls, [
    'begin a forced',
    'begin b forced',
    'end a',
    'end b',
    'begin s forced',
    'end s',
    'begin web forced',
    'end web',
  ]);
  assert.deepEqual(
    applied.map(({ wanted, answer }) => [wanted.metadata.name, answer.metadata.generation]),
    [
      ['a', 7],
      ['b', 7],
      ['s', 7],
      ['web', 7],
    ],
  );
});

test('a rank with a refusal is the last one, and all its refusals are told', async () => {
  const { api, calls } = recording(['a', 'b']);

  await assert.rejects(
    applyAll([configMap('a', {}), configMap('b', {}), configMap('c', {}), web()], {}, { api, clock, signal }),
    (thrown) => {
      assert.ok(thrown instanceof UserError);
      assert.match(thrown.message, /ConfigMap shop\/a was refused.*no a.*ConfigMap shop\/b was refused.*no b/s);
      return true;
    },
  );
  assert.ok(calls.includes('end c'));
  assert.ok(!calls.includes('begin web'));
});

test('what is no refusal is thrown as it is', async () => {
  const broken = new Error('the connection broke');
  const { api } = recording([], { apply: () => Promise.reject(broken) });

  await assert.rejects(applyAll([web()], {}, { api, clock, signal }), broken);
});

test('nothing begins once the run is to end', async () => {
  const { api, calls } = recording();
  const ended = AbortSignal.abort(new Error('cancelled'));

  await assert.rejects(applyAll([web()], {}, { api, clock, signal: ended }), /cancelled/);
  assert.deepEqual(calls, []);
});

function definition(): KubeObject {
  const spec = {
    group: 'x.io',
    names: { kind: 'Foo' },
    versions: [
      { name: 'v1', served: true },
      { name: 'v0', served: false },
    ],
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'foos.x.io' },
    spec,
  };
}

test('a custom resource waits until its kind is served', async () => {
  const asked: string[] = [];
  const isNamespaced = (apiVersion: string, kind: string): Promise<boolean | undefined> => {
    asked.push(`${apiVersion} ${kind}`);
    return Promise.resolve(asked.length < 3 ? undefined : true);
  };
  const { api, calls } = recording([], { isNamespaced });

  await applyAll([bare('Foo', 'foo', 'x.io/v1'), definition()], {}, { api, clock, signal });

  assert.deepEqual(asked, ['x.io/v1 Foo', 'x.io/v1 Foo', 'x.io/v1 Foo']);
  assert.deepEqual(calls, ['begin foos.x.io', 'end foos.x.io', 'begin foo', 'end foo']);
});

test('and not for ever', async () => {
  const { api } = recording([], { isNamespaced: () => Promise.resolve(undefined) });

  await assert.rejects(
    applyAll([definition()], {}, { api, clock, signal }),
    /does not serve Foo of x\.io\/v1, 30 s after.*kubectl describe crd foos\.x\.io/s,
  );
});

test('a dry run defines nothing, so it waits for nothing', async () => {
  const { api, calls } = recording();

  await applyAll([definition()], { dryRun: true }, { api, clock, signal });

  assert.deepEqual(calls, ['begin foos.x.io dry', 'end foos.x.io']);
});
