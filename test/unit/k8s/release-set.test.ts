import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createSet, isRecordedSecret, listSets, loadSet, setOf, storeSet } from '@slipway/k8s/release-set';
import { digestOf, shortDigest } from '@slipway/kernel/digest';
import { canonicalJson } from '@slipway/kernel/json';
import { memoryCluster } from '../../support/memory-cluster.ts';
import { aConfigMap, shopObjects } from '../../support/shop-objects.ts';

const place = { app: 'shop', environment: 'production', namespace: 'web' };

test('a set is read back as it was recorded', async () => {
  const { api } = memoryCluster();
  const set = createSet(shopObjects('app:1'), 'key');
  await storeSet(set, api, place);

  const loaded = await loadSet(set.digest, api, place);

  assert.deepEqual(canonicalJson(loaded), canonicalJson(set.recorded));
  assert.equal(set.digest, digestOf(canonicalJson(set.recorded)));
});

test('a set of any size is kept, in as many parts as it takes', async () => {
  const { api } = memoryCluster();
  const noise = randomBytes(1_500_000).toString('base64');
  const set = createSet([aConfigMap('noise', { noise })], 'key');
  await storeSet(set, api, place);

  const parts = await listSets(api, place);

  assert.equal(parts.length, 3);
  assert.deepEqual([...new Set(parts.map(setOf))], [shortDigest(set.digest)]);
  assert.deepEqual(await loadSet(set.digest, api, place), set.recorded);
});

test('storing again writes nothing', async () => {
  const { api, writes } = memoryCluster();
  const set = createSet(shopObjects('app:1'), 'key');
  await storeSet(set, api, place);
  const before = writes.length;

  await storeSet(set, api, place);

  assert.equal(writes.length, before);
});

test('a set that was changed by hand is refused, and so is one with a lost part', async () => {
  const cluster = memoryCluster();
  const { api } = cluster;
  const noise = randomBytes(1_000_000).toString('base64');
  const [small, large] = [createSet(shopObjects('app:1'), 'key'), createSet([aConfigMap('noise', { noise })], 'key')];
  for (const set of [small, large]) await storeSet(set, api, place);
  const other = createSet(shopObjects('app:2'), 'key');
  await storeSet(other, api, place);
  const [first, third] = [small, other].map(({ digest }) =>
    cluster.all('ConfigMap').find((part) => setOf(part) === shortDigest(digest)),
  );
  assert.ok(first !== undefined && third !== undefined);
  cluster.put({ ...first, binaryData: third.binaryData });
  cluster.take('ConfigMap', `slipway-shop-production-${shortDigest(large.digest)}-1`);

  await assert.rejects(loadSet(small.digest, api, place), /changed by hand/);
  await assert.rejects(loadSet(large.digest, api, place), /lost/);
  assert.equal(await loadSet(digestOf('none'), api, place), undefined);
});

test('Secrets are in the digest by a key, and their content is nowhere', () => {
  const set = createSet(shopObjects('app:1', { token: 'one' }), 'key');

  assert.notEqual(set.digest, createSet(shopObjects('app:1', { token: 'two' }), 'key').digest);
  assert.notEqual(set.digest, createSet(shopObjects('app:1', { token: 'one' }), 'other key').digest);
  assert.equal(set.digest, createSet(shopObjects('app:1', { token: 'one' }), 'key').digest);
  const secret = set.recorded.find(({ kind }) => kind === 'Secret');
  assert.ok(secret !== undefined && isRecordedSecret(secret));
  assert.equal(secret.data ?? secret.stringData, undefined);
  assert.equal(set.objects.some(isRecordedSecret), false);
});
