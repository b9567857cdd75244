import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiRefusal } from '@slipway/k8s/api';
import type { KubeObject } from '@slipway/k8s/object';
import { awaitRollout } from '@slipway/k8s/rollout/await-rollout';
import type { RolloutTrouble } from '@slipway/k8s/rollout/explain';
import { RolloutFailure } from '@slipway/k8s/rollout/failure';
import { whatIsNotReady } from '@slipway/k8s/rollout/look';
import { awaitedOf } from '@slipway/k8s/rollout/scene';
import { keptLog } from '../../../support/kept-log.ts';
import { type Moment, moment, withField, withOthers } from '../../../support/kube-scenes.ts';
import { type SceneApi, type SceneOptions, sceneApi } from '../../../support/scene-api.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

const TIMEOUT_MS = 60_000;
const ready = moment('deployment-ready');

interface Run {
  readonly place: SceneApi;
  readonly clock: ReturnType<typeof virtualClock>;
  readonly told: readonly (readonly [string, string])[];
  readonly stop: AbortController;
  readonly waited: Promise<void>;
}

function start(at: Moment, options: SceneOptions = {}): Run {
  const place = sceneApi(at, options);
  const clock = virtualClock();
  const log = keptLog();
  const stop = new AbortController();
  const awaited = { ...awaitedOf(at.workload), generation: at.generation };
  const rollout = { timeoutMs: TIMEOUT_MS, signal: stop.signal, clock, log };
  const waited = awaitRollout([awaited], place.api, rollout);
  // the test looks at it later
  waited.catch(() => {});
  return { place, clock, told: log.told, stop, waited };
}

async function troubleOf(run: Pick<Run, 'waited'>): Promise<RolloutTrouble> {
  const [trouble, ...others] = await run.waited.then(
    () => assert.fail('it was rolled out'),
    (thrown: unknown) => {
      if (!(thrown instanceof RolloutFailure)) throw thrown;
      return thrown.troubles;
    },
  );
  assert.ok(trouble !== undefined);
  assert.equal(others.length, 0);
  return trouble;
}

function withAvailable(count: number): KubeObject {
  return withField(ready, ['status', 'availableReplicas'], count).workload;
}

test('it resolves once all is ready, tells only what changes, and leaves no watch behind', async () => {
  const run = start({ ...ready, workload: withAvailable(0) });
  await run.clock.sleep(1_000);
  run.place.put(withAvailable(0));
  await run.clock.sleep(1_000);
  run.place.put(withAvailable(1));
  await run.clock.sleep(1_000);
  run.place.put(withAvailable(2));

  await run.waited;

  assert.deepEqual(run.told, [
    ['info', 'web: 2 of 2 updated, 0 available'],
    ['info', 'web: 2 of 2 updated, 1 available'],
    ['info', 'web: ready (2 of 2 updated, 2 available)'],
  ]);
  assert.equal(run.place.open(), 0);
});

test('objects that do not roll out are not waited for', async () => {
  const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'shop' } };

  await start({ generation: 1, workload: config, others: [] }).waited;
});

test('what is terminal ends it at once, with the log of the container', async () => {
  const run = start(moment('crash-loop'), {
    logs: async (_pod, _container, { previous }) => `previous: ${previous}\n`,
  });

  const trouble = await troubleOf(run);

  assert.equal(run.clock.monotonic(), 0);
  assert.match(
    trouble.what,
    /^Deployment shop\/loop cannot be rolled out \(1 of 1 updated, 0 available\): container app/,
  );
  assert.match(trouble.what, /ended with exit code 1 after 0 s, 2 times so far\.$/);
  assert.deepEqual(trouble.lastLines, ['previous: true']);
  assert.match(trouble.events[0] ?? '', /^\d\d:\d\d:\d\d Pod loop-\S+: BackOff: Back-off restarting failed container/);
});

test('what others may cure is given its time', async () => {
  const run = start(moment('no-config-map'));

  await troubleOf(run);

  assert.equal(run.clock.monotonic(), 2_000);
});

test('what is cured in time does no harm', async () => {
  const bad = moment('no-config-map');
  const run = start(bad);
  await run.clock.sleep(1_900);
  const pod = bad.others.find(({ kind }) => kind === 'Pod');
  assert.ok(pod !== undefined);
  const creating = { ready: false, state: { waiting: { reason: 'ContainerCreating' } } };
  run.place.put({ ...pod, status: { ...pod.status, containerStatuses: [{ name: 'app', ...creating }] } });

  const trouble = await troubleOf(run);

  assert.equal(run.clock.monotonic(), TIMEOUT_MS);
  assert.equal(trouble.what, 'Deployment shop/config was not ready within 1m (1 of 1 updated, 0 available).');
});

test('a probe that never passes is explained when the time is over', async () => {
  const run = start(moment('unready'), { logs: async () => 'one\ntwo\n' });

  const trouble = await troubleOf(run);

  assert.equal(run.clock.monotonic(), TIMEOUT_MS);
  assert.match(trouble.what, /was not ready within 1m .*runs, but is not ready: its readiness probe failed 3 times/);
  assert.deepEqual(trouble.lastLines, ['one', 'two']);
});

test('a log that cannot be read costs two seconds, and is said', async () => {
  const silent = start(moment('crash-loop'), { logs: () => new Promise(() => {}) });
  const refused = start(moment('crash-loop'), { logs: () => Promise.reject(new Error('it is gone')) });
  const empty = start(moment('crash-loop'));

  assert.match((await troubleOf(silent)).what, /Its log cannot be read: the node does not answer\./);
  assert.equal(silent.clock.monotonic(), 2_000);
  assert.match((await troubleOf(refused)).what, /Its log cannot be read: it is gone\./);
  assert.match((await troubleOf(empty)).what, /It wrote no log\./);
});

test('a workload that is deleted, or made anew, ends it', async () => {
  const deleted = start({ ...ready, workload: withAvailable(1) });
  await deleted.clock.sleep(1_000);
  deleted.place.take(ready.workload);
  const anew = start({ ...ready, workload: withAvailable(1) });
  await anew.clock.sleep(1_000);
  anew.place.put({ ...ready.workload, metadata: { ...ready.workload.metadata, uid: 'another' } });

  assert.match((await troubleOf(deleted)).what, /web cannot be rolled out: it was deleted meanwhile\.$/);
  assert.match((await troubleOf(anew)).what, /it was deleted meanwhile, and made anew by somebody else\.$/);
});

test('a Job that is cleaned up as soon as it is complete is ready', async () => {
  const job = moment('job-complete');
  const run = start(withField(job, ['status', 'conditions'], []));
  await run.clock.sleep(1_000);
  run.place.take(job.workload);

  await run.waited;
});

test('an abort ends it with its reason, and its watches', async () => {
  const run = start({ ...ready, workload: withAvailable(1) });
  await run.clock.sleep(1_000);
  run.stop.abort(new Error('cancelled'));

  await assert.rejects(run.waited, /^Error: cancelled$/);
  assert.equal(run.place.open(), 0);
});

test('without events and endpoints it goes on, and says so; without pods it does not', async () => {
  const poor = start(ready, { forbidden: ['Event', 'EndpointSlice'] });
  await poor.waited;

  assert.deepEqual(
    poor.told.filter(([level]) => level === 'warning').map(([, text]) => text),
    ['EndpointSlice', 'Event'].map(
      (kind) => `The rollout is watched without objects of kind ${kind}: you may not list ${kind}`,
    ),
  );
  await assert.rejects(start(ready, { forbidden: ['Pod'] }).waited, /you may not list Pod/);
});

test('nodes are read once, and only for a pod that finds none', async () => {
  const run = start(moment('unschedulable'));
  const blind = start(moment('unschedulable'), { forbidden: ['Node'] });

  await troubleOf(run);
  await troubleOf(blind);

  assert.deepEqual(run.place.listed, ['Node']);
  assert.equal(run.clock.monotonic(), 2_000);
  assert.equal(blind.clock.monotonic(), 30_000, 'there may be somebody who adds nodes');
});

test('the broken pod that blocks an ordered rollback is deleted once, by its uid', async () => {
  const stuck = moment('statefulset-stuck');
  const run = start(stuck);
  await run.clock.sleep(10_000);
  run.stop.abort(new Error('enough'));

  await assert.rejects(run.waited, /enough/);
  const uid = stuck.others.find(({ metadata }) => metadata.name === 'db-2' && metadata.uid !== undefined)?.metadata.uid;
  assert.deepEqual(run.place.removed, [{ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'db-2', uid }]);
  assert.match(
    run.told.map(([, text]) => text).join('\n'),
    /db waits for a broken pod of db-\w+, .*db-2 cannot get its image/,
  );
});

test('one that only restarts is given five seconds', async () => {
  const stuck = withOthers(moment('statefulset-stuck'), 'Pod', (pod) =>
    pod.metadata.name === 'db-2' ? { ...pod, status: { phase: 'Running' } } : pod,
  );
  const run = start(stuck);

  await run.clock.sleep(4_900);
  const before = run.place.removed.length;
  await run.clock.sleep(600);
  run.stop.abort(new Error('enough'));

  await assert.rejects(run.waited, /enough/);
  assert.equal(before, 0);
  assert.equal(run.place.removed.length, 1);
});

test('what is not ready now is told without waiting', async () => {
  const bad = moment('bad-tag');
  const told = await whatIsNotReady([awaitedOf(bad.workload)], sceneApi(bad).api);

  assert.equal(told.length, 1);
  assert.match(
    told[0] ?? '',
    /^Deployment shop\/tag is not ready \(1 of 1 updated, 0 available\): container app .*not found/,
  );
  assert.deepEqual(
    await whatIsNotReady([awaitedOf(ready.workload)], sceneApi(ready, { forbidden: ['Event'] }).api),
    [],
  );
});

test('a Job that deletes its pods when it gives up is explained by what they were, with their last lines', async () => {
  const over = moment('job-failed');
  const [pod] = over.others.filter(({ kind }) => kind === 'Pod');
  assert.ok(pod !== undefined);
  let isThere = true;
  const logs = async (): Promise<string> => {
    if (!isThere) throw new ApiRefusal(404, 'NotFound', 'no such pod', []);
    return 'migrating\nmigration ended with status 4\n';
  };
  const run = start(withField(over, ['status'], { active: 1 }), { logs });
  await run.clock.sleep(1_000);

  isThere = false;
  run.place.take(pod);
  await run.clock.sleep(1_000);
  run.place.put(over.workload);

  const { what, lastLines } = await troubleOf(run);
  assert.match(what, /BackoffLimitExceeded.*container app of pod broken-qk8jm ended with exit code 4 after 0 s\.$/);
  assert.deepEqual(lastLines, ['migrating', 'migration ended with status 4']);
});

test('a pod that a Job lost before it went on is no reason against it', async () => {
  const over = moment('job-failed');
  const run = start(withField(over, ['status'], { active: 1 }));
  await run.clock.sleep(1_000);
  for (const pod of over.others) if (pod.kind === 'Pod') run.place.take(pod);
  await run.clock.sleep(1_000);

  run.place.put(withField(over, ['status'], { conditions: [{ type: 'Complete', status: 'True' }] }).workload);

  await run.waited;
});
