import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { KubeObject } from '@slipway/k8s/object';
import { conditionOf, listAt, textAt } from '@slipway/k8s/rollout/fields';
import { whatIsNotReady } from '@slipway/k8s/rollout/look';
import { awaitedOf } from '@slipway/k8s/rollout/scene';
import type { Trouble } from '@slipway/k8s/works';
import { daemonSet, deployment, job, service } from '../lab/k8s/manifests.ts';
import type { AppOptions } from '../lab/k8s/pod.ts';
import { withCluster } from '../lab/k8s/with-cluster.ts';
import { openApi } from './k8s-api/place.ts';
import { FAILURES, type Failure } from './k8s-rollout/failures.ts';
import { JOB_FAILURES } from './k8s-rollout/job-failures.ts';
import {
  barePod,
  failedJob,
  firstSight,
  image,
  orderedSet,
  type Place,
  rejected,
  removeAll,
  rollOut,
  shop,
} from './k8s-rollout/place.ts';

/** From the first terminal state to the red end, by the design. */
const WITHIN_MS = 5_000;

test('rollouts on a real cluster end in truth', { timeout: 300_000 }, async (t) => {
  await withCluster(t, async (cluster) => {
    await using opened = await openApi(cluster);
    const namespace = `rollout-${process.pid}`;
    const place = { api: opened.api, cluster, namespace };
    await cluster.run(['create', 'namespace', namespace]);
    try {
      await t.test('good ones of each kind get ready together', (s) => goodOnes(s, place));
      for (const failure of FAILURES) await t.test(failure.title, (s) => explained(s, place, failure, rejected));
      for (const failure of JOB_FAILURES) await t.test(failure.title, (s) => explained(s, place, failure, failedJob));
      await t.test('a probe that never passes is told when the time is over', (s) => neverReady(s, place));
      await t.test('a time-out of the rollout before is not believed', (s) => staleTimeout(s, place));
      await t.test('a stuck rollback of a StatefulSet is freed', (s) => stuckRollback(s, place));
      await t.test('what never rolls out is said at once', (s) => neverRollsOut(s, place));
    } finally {
      await cluster.run(['delete', 'namespace', namespace, '--wait=false']);
    }
  });
});

async function goodOnes(t: TestContext, place: Place): Promise<void> {
  const all = [
    deployment({ ...shop(place), replicas: 3 }),
    service(shop(place)),
    orderedSet(shop(place, { name: 'db' })),
    daemonSet(shop(place, { name: 'agent' })),
    job(shop(place, { name: 'migrate' })),
    barePod(shop(place, { name: 'lonely' })),
  ];

  const { told, ms } = await rollOut(place, all);
  const again = await rollOut(place, all);
  const next = await rollOut(place, [
    deployment({ ...shop(place, { image: image(place, 'v2') }), replicas: 3 }),
    orderedSet(shop(place, { name: 'db', image: image(place, 'v2') })),
    daemonSet(shop(place, { name: 'agent', image: image(place, 'v2') })),
  ]);

  t.diagnostic(`first ${seconds(ms)}, unchanged ${seconds(again.ms)}, next version ${seconds(next.ms)}`);
  assert.ok(told.includes('shop: ready (3 of 3 updated, 3 available)'), told.join('\n'));
  assert.ok(told.includes('db: ready (3 of 3 updated, 3 of 3 ready)'), told.join('\n'));
  const pods = await place.api.list({ apiVersion: 'v1', kind: 'Pod', namespace: place.namespace });
  const living = pods.items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  assert.deepEqual(
    living.filter((pod) => imageOf(pod).endsWith(':v1')).map(({ metadata }) => metadata.labels?.app),
    [undefined, 'migrate'],
  );
  assert.deepEqual(await whatIsNotReady(next.written.map(awaitedOf), place.api), []);
}

function imageOf(pod: KubeObject): string {
  return textAt(listAt(pod, 'spec', 'containers')[0], 'image');
}

/** Tells how the first of the objects failed. */
type Run = (
  place: Place,
  objects: readonly object[],
  timeoutMs: number,
) => Promise<{ readonly trouble: Trouble & { readonly events?: readonly string[] }; readonly at: number }>;

async function explained(t: TestContext, place: Place, failure: Failure, run: Run): Promise<void> {
  await failure.before?.(place);
  const over = new AbortController();
  const terminal = firstSight(place, failure, AbortSignal.any([over.signal, AbortSignal.timeout(30_000)]));
  const objects = failure.objects(place);
  try {
    const { trouble, at } = await run(place, objects, 60_000);

    const ms = Math.round(at - (await terminal));
    t.diagnostic(`red ${ms} ms after the first terminal state: ${trouble.what}`);
    for (const line of trouble.events ?? []) t.diagnostic(line);
    for (const words of failure.says) assert.match(trouble.what, words);
    failure.logs?.(trouble.lastLines);
    assert.ok(ms <= WITHIN_MS, `${ms} ms`);
  } finally {
    over.abort();
    await removeAll(place, objects);
  }
}

async function neverReady(t: TestContext, place: Place): Promise<void> {
  const timeoutMs = 4_000;
  const objects = [deployment(shop(place, { name: 'probe', replicas: 1, env: { READY: 'false' } }))];
  const began = performance.now();

  const { trouble, at } = await rejected(place, objects, timeoutMs);

  t.diagnostic(`red ${Math.round(at - began - timeoutMs)} ms after the deadline: ${trouble.what}`);
  assert.match(
    trouble.what,
    /probe was not ready within 4s \(1 of 1 updated, 0 available\): container app of pod probe-\S+/,
  );
  assert.match(
    trouble.what,
    /runs, but is not ready: its readiness probe failed.*HTTP probe failed with statuscode: 503/,
  );
  assert.match(trouble.lastLines.at(-1) ?? '', /listens on/);
  assert.ok(at - began - timeoutMs < WITHIN_MS);
  await removeAll(place, objects);
}

async function staleTimeout(t: TestContext, place: Place): Promise<void> {
  const good = { ...shop(place, { name: 'stale', replicas: 2 }) };
  await rollOut(place, [deployment(good)]);
  const bad = [within2s({ ...good, env: { READY: 'false' } })];
  const over = new AbortController();
  const query = { apiVersion: 'apps/v1', kind: 'Deployment' };
  const terminal = firstSight(place, { query, isTerminal: isTimedOut }, over.signal);

  const { trouble, at } = await rejected(place, bad, 60_000);
  const ms = Math.round(at - (await terminal));
  over.abort();
  const back = await rollOut(place, [within2s(good)]);

  t.diagnostic(`red ${ms} ms after Kubernetes gave up; back after ${seconds(back.ms)}: ${trouble.what}`);
  assert.match(
    trouble.what,
    /no progress for 2 s \(1 of 2 updated, 2 available, 2 old left\): container app .*not ready/,
  );
  assert.ok(ms <= WITHIN_MS);
}

/** With the shortest patience that Kubernetes has itself. */
function within2s(options: AppOptions): object {
  const object = deployment(options);
  return { ...object, spec: { ...(object.spec as object), progressDeadlineSeconds: 2 } };
}

async function stuckRollback(t: TestContext, place: Place): Promise<void> {
  const good = shop(place, { name: 'ordered' });
  await rollOut(place, [orderedSet(good)]);

  const { trouble } = await rejected(place, [orderedSet({ ...good, image: image(place, 'nope') })], 60_000);
  const { told, ms } = await rollOut(place, [orderedSet(good)]);

  t.diagnostic(`back after ${seconds(ms)}: ${told.join(' | ')}`);
  assert.match(
    trouble.what,
    /^StatefulSet \S+\/ordered cannot be rolled out .*: container app of pod ordered-2 cannot get/,
  );
  assert.match(
    told.join('\n'),
    /waits for a broken pod of ordered-\w+, which it would never replace .*ordered-2 cannot get/,
  );
}

async function neverRollsOut(t: TestContext, place: Place): Promise<void> {
  const plain = deployment(shop(place, { name: 'paused', replicas: 1 }));
  const paused = { ...plain, spec: { ...(plain.spec as object), paused: true } };
  const doomed = deployment(shop(place, { name: 'doomed', replicas: 1, env: { READY: 'false' } }));

  const { trouble } = await rejected(place, [paused], 60_000);
  const deleted = rejected(place, [doomed], 60_000, () => removeAll(place, [doomed]));

  assert.match(trouble.what, /paused cannot be rolled out: it is paused/);
  assert.match((await deleted).trouble.what, /doomed cannot be rolled out: it (?:was|is being) deleted/);
  t.diagnostic((await deleted).trouble.what);
}

function isTimedOut(object: KubeObject): boolean {
  return conditionOf(object, 'Progressing', 'False')?.reason === 'ProgressDeadlineExceeded';
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
