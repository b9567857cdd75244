import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../lab/k8s/cluster.ts';
import { job, type Manifest, settings, statefulSet } from '../lab/k8s/manifests.ts';
import { withCluster } from '../lab/k8s/with-cluster.ts';
import { type K8sDeployments, k8sDeployments } from '../support/k8s-deployments.ts';
import { type ShopPlace, shopAddresses, shopRelease, shopSettled, shopUrls } from '../support/k8s-shop.ts';
import { type LoadResult, startLoad } from '../support/load.ts';
import type { StepResult } from '../support/runner/job.ts';
import { until } from '../support/until.ts';

const RATE = 100;
/** Of each line of load, before and after what is done. */
const QUIET_MS = 500;
const TOKEN = 'correct-horse-battery';

interface Place extends ShopPlace {
  readonly runs: K8sDeployments;
}

test('deploy-k8s and rollback on a real cluster', { timeout: 300_000 }, async (t) => {
  await withCluster(t, async (cluster) => {
    const namespace = `deploy-${process.pid}`;
    const place = { cluster, namespace, runs: k8sDeployments(cluster, { app: 'shop', namespace }) };
    await cluster.run(['create', 'namespace', namespace]);
    try {
      await t.test('a first release', (s) => firstRelease(s, place));
      await t.test('the same again writes nothing but the lease', () => unchanged(place));
      await t.test('a plan writes nothing, and shows the difference', () => planned(place));
      await t.test('the next release loses no request, and moves no address', (s) => nextRelease(s, place));
      await t.test('an image that is not there goes back by itself', (s) => badImage(s, place));
      await t.test('a crash is explained by its last lines, and the configuration goes back too', (s) =>
        crash(s, place),
      );
      await t.test('a rollback loses no request, and brings the configuration back', (s) => rolledBack(s, place));
      await t.test('a killed run is finished by its post step', (s) => killedRun(s, place));
      await t.test('a lost runner is finished by the next run', (s) => lostRunner(s, place));
      await t.test('a StatefulSet keeps identity and data, also through a bad release', (s) => keepsData(s, place));
      await t.test('no Secret is in any ConfigMap', () => noSecrets(place));
    } finally {
      await cluster.run(['delete', 'namespace', namespace, '--wait=false']);
    }
  });
});

async function firstRelease(t: TestContext, place: Place): Promise<void> {
  const result = await place.runs.deploy([...release(place, 'v1'), job(options(place, 'v1', { name: 'migrate' }))], {
    version: 'v1',
  });

  t.diagnostic(`${result.ms} ms`);
  assert.equal(result.outputs.outcome, 'deployed', result.log);
  assert.equal(result.outputs.version, 'v1');
  assert.match(result.log, /by a tag/, 'a mutable tag is warned about');
  assert.match(
    await place.cluster.run(['get', 'jobs', '-n', place.namespace, '-o', 'name']),
    /^job.batch\/migrate-[0-9a-f]{8}$/m,
  );
  assert.deepEqual(await configOf(place), { greeting: 'hello v1', mounted: 'hello v1' });
}

async function unchanged(place: Place): Promise<void> {
  const before = await versionsOf(place, (kind) => kind !== 'Lease');

  const result = await place.runs.deploy([...release(place, 'v1'), job(options(place, 'v1', { name: 'migrate' }))], {
    version: 'v1',
  });

  assert.equal(result.outputs.outcome, 'unchanged', result.log);
  assert.deepEqual(await versionsOf(place, (kind) => kind !== 'Lease'), before);
}

async function planned(place: Place): Promise<void> {
  const before = await versionsOf(place, () => true);

  const result = await place.runs.deploy(release(place, 'v2'), { version: 'v2', mode: 'plan' });

  assert.equal(result.outputs.outcome, 'planned', result.log);
  assert.deepEqual(await versionsOf(place, () => true), before);
  assert.match(result.summary ?? '', /app:v1[\s\S]*app:v2/);
  assert.match(result.summary ?? '', /hello v1[\s\S]*hello v2/);
  assert.doesNotMatch(`${result.log}${result.summary}`, new RegExp(TOKEN));
}

async function nextRelease(t: TestContext, place: Place): Promise<void> {
  const before = await shopAddresses(place);

  const { result, loads } = await underLoad(t, place, () => place.runs.deploy(release(place, 'v2'), { version: 'v2' }));

  assert.equal(result.outputs.outcome, 'deployed', result.log);
  for (const load of loads) {
    assert.equal(load.failed, 0, JSON.stringify(load));
    assert.deepEqual(Object.keys(load.versions).toSorted(), ['v1', 'v2']);
  }
  assert.deepEqual(await shopAddresses(place), before);
}

async function badImage(t: TestContext, place: Place): Promise<void> {
  const { result, loads } = await underLoad(t, place, () =>
    place.runs.deploy(release(place, 'nowhere'), { version: 'v3' }),
  );

  t.diagnostic(`${result.ms} ms`);
  assert.equal(result.outcome, 'failure');
  assert.equal(result.outputs.outcome, 'rolled-back', result.log);
  assert.equal(result.outputs.version, 'v2');
  assert.match(result.log, /cannot get its image .*app:nowhere/);
  for (const load of loads) {
    assert.equal(load.failed, 0, JSON.stringify(load));
    assert.deepEqual(Object.keys(load.versions), ['v2']);
  }
  await shopSettled(place);
}

async function crash(t: TestContext, place: Place): Promise<void> {
  const extra = settings({ name: 'extra', namespace: place.namespace }, { greeting: 'bad', token: 'bad' });
  const bad = [...release(place, 'v3', { env: { CRASH: '1' } }, 'hello bad'), ...extra];

  const result = await place.runs.deploy(bad, { version: 'v4' });

  t.diagnostic(`${result.ms} ms`);
  assert.equal(result.outputs.outcome, 'rolled-back', result.log);
  assert.match(result.log, /fatal: no such table: orders/);
  assert.deepEqual(await configOf(place), { greeting: 'hello v2', mounted: 'hello v2' });
  const left = await place.cluster.run(['get', 'configmaps,secrets', '-n', place.namespace, '-o', 'name']);
  assert.doesNotMatch(left, /extra/);
  await shopSettled(place);
}

async function rolledBack(t: TestContext, place: Place): Promise<void> {
  const before = await shopAddresses(place);

  const { result, loads } = await underLoad(t, place, () => place.runs.rollBack());

  t.diagnostic(`${result.ms} ms`);
  assert.equal(result.outcome, 'success', result.log);
  assert.equal(result.outputs.outcome, 'rolled-back');
  assert.equal(result.outputs.version, 'v1');
  for (const load of loads) assert.equal(load.failed, 0, JSON.stringify(load));
  assert.deepEqual(await shopAddresses(place), before);
  await shopSettled(place);
  assert.deepEqual(await configOf(place), { greeting: 'hello v1', mounted: 'hello v1' });
}

async function killedRun(t: TestContext, place: Place): Promise<void> {
  const slow = release(place, 'v3', { env: { READY: 'false' } });

  const [main, post] = await place.runs.cutOff(slow, /1 updated|1 of 4 updated/, {
    runnerIsLost: false,
    inputs: { version: 'v5' },
  });

  assert.equal(main?.outcome, 'failure');
  t.diagnostic(`post: ${post?.ms} ms`);
  assert.match(post?.log ?? '', /has shop v1 again/, post?.log);
  await shopSettled(place);
  assert.deepEqual(await configOf(place), { greeting: 'hello v1', mounted: 'hello v1' });
}

async function lostRunner(t: TestContext, place: Place): Promise<void> {
  const inputs = { version: 'v6', lease: '3s' };
  await place.runs.cutOff(release(place, 'v3'), /1 of 4 updated/, { runnerIsLost: true, inputs });

  const result = await place.runs.deploy(release(place, 'v3'), inputs);

  t.diagnostic(`${result.ms} ms`);
  assert.equal(result.outputs.outcome, 'deployed', result.log);
  assert.equal(result.outputs['previous-version'], 'v1');
  assert.deepEqual(await configOf(place), { greeting: 'hello v3', mounted: 'hello v3' });
}

async function keepsData(t: TestContext, { cluster, namespace }: Place): Promise<void> {
  const runs = k8sDeployments(cluster, { app: 'db', namespace });
  const storageClass = await cluster.addVolumes(2);
  const app = { name: 'db', namespace, replicas: 2, preStop: 0 };
  const at = (version: string, env = {}): readonly Manifest[] =>
    statefulSet(
      { ...app, image: `${cluster.registry.push}/app:${version}`, env: { GRACEFUL: '0', ...env } },
      storageClass,
    );
  await green(runs.deploy(at('v1'), { version: 'v1' }));
  const volumes = await volumesOf(cluster, namespace);
  for (const pod of ['db-0', 'db-1']) await askPod(cluster, namespace, pod, '/data', `data of ${pod}`);

  await green(runs.deploy(at('v2'), { version: 'v2' }));
  const bad = await runs.deploy(at('v3', { CRASH: '1' }), { version: 'v3' });

  t.diagnostic(`bad release: ${bad.ms} ms`);
  assert.equal(bad.outputs.outcome, 'rolled-back', bad.log);
  assert.deepEqual(await volumesOf(cluster, namespace), volumes);
  for (const pod of ['db-0', 'db-1']) {
    const { value, version } = await askPod(cluster, namespace, pod, '/data');
    assert.deepEqual({ value, version }, { value: `data of ${pod}`, version: 'v2' });
  }
}

async function noSecrets({ cluster, namespace }: Place): Promise<void> {
  const all = await cluster.run(['get', 'configmaps', '-n', namespace, '-o', 'json']);

  for (const form of [TOKEN, Buffer.from(TOKEN).toString('base64')]) assert.equal(all.includes(form), false);
}

function options({ cluster, namespace }: Place, version: string, more: object = {}) {
  return { namespace, image: `${cluster.registry.push}/app:${version}`, ...more };
}

/** Everything of the shop, with configuration that belongs to the version. */
function release(place: Place, version: string, more: object = {}, greeting = `hello ${version}`): readonly Manifest[] {
  return shopRelease(place, options(place, version, more), { greeting, token: TOKEN });
}

async function underLoad(
  t: TestContext,
  place: Place,
  work: () => Promise<StepResult>,
): Promise<{ readonly result: StepResult; readonly loads: readonly LoadResult[] }> {
  await place.cluster.flushConnections();
  const urls = await shopUrls(place);
  const running = await Promise.all(urls.map((url) => startLoad({ url, rate: RATE, phase: 'all' })));
  await sleep(QUIET_MS);
  const result = await work();
  // old pods still serve who is connected to them
  await shopSettled(place);
  await sleep(QUIET_MS);
  const loads = await Promise.all(running.map((load) => load.stop()));
  for (const [index, { requests, failed, lagMs }] of loads.entries()) {
    t.diagnostic(`${urls[index]}: ${requests} requests, ${failed} failed, generator at most ${lagMs} ms behind`);
  }
  return { result, loads };
}

/** Every object of ours in the namespace, by its version. */
async function versionsOf(
  { cluster, namespace }: Place,
  wanted: (kind: string) => boolean,
): Promise<readonly string[]> {
  const kinds = 'deployments,statefulsets,services,ingresses,configmaps,secrets,jobs,leases';
  const path = '{range .items[*]}{.kind} {.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}';
  const text = await cluster.run(['get', kinds, '-n', namespace, '-o', `jsonpath=${path}`]);
  return text
    .trim()
    .split('\n')
    .filter((line) => wanted(line.split(' ')[0] ?? ''));
}

async function configOf(place: Place): Promise<{ readonly greeting: unknown; readonly mounted: unknown }> {
  const url = await place.cluster.serviceUrl('shop', place.namespace);
  // A node learns of a Service that was made just now a moment after its pods are ready.
  const response = await until('the Service answers', () => fetch(`${url}/config`).catch(() => undefined));
  const { greeting, mounted } = (await response.json()) as Record<string, unknown>;
  return { greeting, mounted };
}

async function volumesOf(cluster: Cluster, namespace: string): Promise<string> {
  const path = '{range .items[*]}{.metadata.name} {.metadata.uid} {.spec.volumeName}{"\\n"}{end}';
  return await cluster.run(['get', 'persistentvolumeclaims', '-n', namespace, '-o', `jsonpath=${path}`]);
}

async function askPod(
  cluster: Cluster,
  namespace: string,
  pod: string,
  path: string,
  body?: string,
): Promise<Record<string, unknown>> {
  const address = await cluster.run(['get', 'pod', pod, '-n', namespace, '-o', 'jsonpath={.status.podIP}']);
  const init = body === undefined ? {} : { method: 'POST', body };
  return (await (await fetch(`http://${address}:8080${path}`, init)).json()) as Record<string, unknown>;
}

async function green(step: Promise<StepResult>): Promise<void> {
  const { outcome, log } = await step;
  assert.equal(outcome, 'success', log);
}
