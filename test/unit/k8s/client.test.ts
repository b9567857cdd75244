import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { ApiRefusal, type KubeApi } from '@slipway/k8s/api';
import { createClient } from '@slipway/k8s/client';
import { configMap, web } from '../../support/kube-objects.ts';
import { type Asked, type KubeServer, startKubeServer, statusObject, tell } from '../../support/kube-server.ts';

const WEB = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };

const GROUPS: Readonly<Record<string, readonly object[]>> = {
  '/api/v1': [
    { kind: 'ConfigMap', name: 'configmaps', namespaced: true },
    { kind: 'Namespace', name: 'namespaces', namespaced: false },
    { kind: 'Pod', name: 'pods', namespaced: true },
    { kind: 'Pod', name: 'pods/status', namespaced: true },
  ],
  '/apis/apps/v1': [
    { kind: 'Deployment', name: 'deployments', namespaced: true },
    { kind: 'Scale', name: 'deployments/scale', namespaced: true },
  ],
};

type Use<T> = (api: KubeApi, server: KubeServer) => Promise<T>;

/** A client of a server that knows some kinds, and answers everything else like this. */
async function withServer<T>(answer: (asked: Asked, response: ServerResponse) => void, use: Use<T>): Promise<T> {
  await using server = await startKubeServer((asked, response) => {
    const resources = GROUPS[asked.path];
    if (resources !== undefined) tell(response, 200, { resources });
    else if (/^\/apis\/[^/]+\/[^/]+$/.test(asked.path)) tell(response, 404, statusObject(404, 'NotFound', 'no'));
    else answer(asked, response);
  });
  return await use(createClient(server.ports), server);
}

const echo = ({ body }: Asked, response: ServerResponse): void => tell(response, 200, JSON.parse(body));
const absent = (_asked: Asked, response: ServerResponse): void =>
  tell(response, 404, statusObject(404, 'NotFound', 'no'));
const lastOf = ({ asked }: KubeServer): Asked => asked.at(-1) ?? assert.fail('nothing was asked');

test('an apply names us, and says when it is forced or dry', async () => {
  await withServer(echo, async (api, server) => {
    assert.deepEqual(await api.apply(web()), web());
    const { method, path, query, contentType } = lastOf(server);
    assert.deepEqual([method, path], ['PATCH', '/apis/apps/v1/namespaces/shop/deployments/web']);
    assert.deepEqual([query, contentType], [{ fieldManager: 'slipway' }, 'application/apply-patch+yaml']);

    await api.apply(web(), { force: true, dryRun: true });
    assert.deepEqual(lastOf(server).query, { fieldManager: 'slipway', force: 'true', dryRun: 'All' });
  });
});

test('kinds are looked up once; one that is not known, each time', async () => {
  await withServer(echo, async (api, server) => {
    const namespace = await Promise.all([api.resource('v1', 'Namespace'), api.resource('v1', 'Namespace')]);
    assert.deepEqual(namespace[0], { name: 'namespaces', namespaced: false });
    assert.equal(server.asked.filter(({ path }) => path === '/api/v1').length, 1);

    assert.equal(await api.isNamespaced('x.io/v1', 'Foo'), undefined);
    assert.equal(await api.isNamespaced('x.io/v1', 'Foo'), undefined);
    assert.equal(server.asked.filter(({ path }) => path === '/apis/x.io/v1').length, 2);
  });
});

test('what every cluster has is not looked up', async () => {
  await withServer(echo, async (api, server) => {
    await api.apply(web());
    assert.equal(await api.isNamespaced('v1', 'Pod'), true);
    assert.equal(server.asked.length, 1);
  });
});

test('a look-up that failed is not remembered', async () => {
  let healthy = false;
  await using server = await startKubeServer((asked, response) => {
    if (!healthy) tell(response, 403, statusObject(403, 'Forbidden', 'not yet'));
    else tell(response, 200, { resources: GROUPS[asked.path] });
  });
  const api = createClient(server.ports);

  await assert.rejects(api.isNamespaced('v1', 'Namespace'), /not yet/);
  healthy = true;
  assert.equal(await api.isNamespaced('v1', 'Namespace'), false);
});

test('what is not there is undefined, and nothing to delete is a success', async () => {
  await withServer(absent, async (api, server) => {
    assert.equal(await api.get(WEB), undefined);
    assert.equal(await api.get({ apiVersion: 'x.io/v1', kind: 'Foo', name: 'a' }), undefined);

    await api.remove(WEB, { propagation: 'Orphan', uid: 'u' });
    const { method, body } = lastOf(server);
    assert.equal(method, 'DELETE');
    assert.deepEqual(JSON.parse(body), {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Orphan',
      preconditions: { uid: 'u' },
    });
  });
});

test('a write of an unknown kind is refused', async () => {
  await withServer(echo, async (api) => {
    const foo = { apiVersion: 'x.io/v1', kind: 'Foo', metadata: { name: 'a' } };

    await assert.rejects(api.apply(foo), (thrown) => thrown instanceof ApiRefusal && thrown.reason === 'UnknownKind');
  });
});

test('items of a list have their kind', async () => {
  const items = [{ metadata: { name: 'a' } }];
  const answer = (_asked: Asked, response: ServerResponse): void =>
    tell(response, 200, { metadata: { resourceVersion: '7' }, items });
  await withServer(answer, async (api, server) => {
    const query = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace: 'a b',
      labelSelector: 'x=y,z',
      fieldSelector: 'metadata.name=a',
    };

    assert.deepEqual(await api.list(query), {
      resourceVersion: '7',
      items: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }],
    });
    assert.equal(lastOf(server).path, '/api/v1/namespaces/a%20b/configmaps');
    assert.deepEqual(lastOf(server).query, { labelSelector: 'x=y,z', fieldSelector: 'metadata.name=a' });
    await api.list({ apiVersion: 'v1', kind: 'ConfigMap' });
    assert.equal(lastOf(server).path, '/api/v1/configmaps');
  });
});

const logs = (_asked: Asked, response: ServerResponse): void => void response.end('one\ntwo\n');

test('create, replace, merge patch, logs', async () => {
  await withServer(echo, async (api, server) => {
    await api.create(configMap('a', {}));
    assert.deepEqual([lastOf(server).method, lastOf(server).path], ['POST', '/api/v1/namespaces/shop/configmaps']);
    await api.replace(configMap('a', {}));
    assert.deepEqual([lastOf(server).method, lastOf(server).path], ['PUT', '/api/v1/namespaces/shop/configmaps/a']);
    const patch = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: {}, spec: { paused: true } };
    await api.mergePatch(WEB, patch);
    assert.equal(lastOf(server).contentType, 'application/merge-patch+json');
    assert.deepEqual(JSON.parse(lastOf(server).body), patch);
  });
  await withServer(logs, async (api, server) => {
    const pod = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-1' };

    assert.equal(await api.logs(pod, 'app', { lines: 50, previous: true }), 'one\ntwo\n');
    assert.deepEqual(lastOf(server).query, { container: 'app', tailLines: '50', previous: 'true' });
  });
});

const page = (_asked: Asked, response: ServerResponse): void => void response.end('<html>');

test('an answer that is no object is no answer', async () => {
  await withServer(page, async (api) => {
    await assert.rejects(api.get(WEB), /GET .*deployments\/web was answered by something else/);
    await assert.rejects(api.list({ apiVersion: 'v1', kind: 'Pod' }), /list of Pod was answered by something else/);
  });
});
