import assert from 'node:assert/strict';
import { test } from 'node:test';
import { live, parseLedger } from '@slipway/rollout/ledger';
import { isGreen } from '@slipway/rollout/result';
import * as fc from 'fast-check';
import {
  bring,
  type ClusterLab,
  clusterLab,
  flakyApi,
  ledgerOf,
  mortalApi,
  rollBack,
  runTask,
  slowApi,
  withoutLease,
} from '../../support/cluster-runs.ts';
import { archivesOf, fillLedger, wholeLedger } from '../../support/long-ledger.ts';
import { servedImages } from '../../support/memory-controllers.ts';
import { aConfigMap, aJob, aService, shopObjects } from '../../support/shop-objects.ts';

/** Of the API, each asked for when the one before it has come: a second on a slow line of 50 ms. */
const MOST_ANSWERS = 20;

const served = ({ cluster }: ClusterLab): readonly string[] => servedImages(cluster.objects, 'shop');
const names = ({ cluster }: ClusterLab, kind: string): readonly string[] =>
  cluster
    .all(kind)
    .map(({ metadata }) => metadata.name)
    .toSorted();

test('a first release, the next one, and back', async () => {
  const lab = clusterLab();

  const outcomes = [
    await bring(lab, 'v1', shopObjects('app:1')),
    await bring(lab, 'v2', shopObjects('app:2')),
    await rollBack(lab),
  ].map(({ result }) => result.outcome);

  assert.deepEqual(outcomes, ['deployed', 'deployed', 'rolled-back']);
  assert.deepEqual(served(lab), ['app:1']);
  assert.deepEqual(
    ledgerOf(lab).map(({ kind, release }) => `${kind} ${release.version}`),
    ['deploy v1', 'deploy v2', 'rollback v1'],
  );
});

test('what is as asked is left alone: only the lease is written', async () => {
  const lab = clusterLab();
  await bring(lab, 'v1', shopObjects('app:1'));
  const before = lab.cluster.writes.length;

  const { result } = await bring(lab, 'v1', shopObjects('app:1'));

  assert.equal(result.outcome, 'unchanged');
  assert.deepEqual(withoutLease(lab.cluster.writes.slice(before)), []);
});

test('a bad release goes back by itself, with its configuration and what it added', async () => {
  const lab = clusterLab();
  await bring(lab, 'v1', shopObjects('app:1', { greeting: 'hello' }));
  const good = lab.cluster.one('Deployment', 'shop')?.spec;
  const bad = [
    ...shopObjects('app:broken', { greeting: 'good bye', token: 'swordfish' }),
    aService('extra'),
    aConfigMap('loose', { a: '1' }),
  ];

  const { result } = await bring(lab, 'v2', bad);

  assert.equal(result.outcome, 'rolled-back');
  assert.ok(!isGreen(result));
  assert.deepEqual(lab.cluster.one('Deployment', 'shop')?.spec, good);
  assert.deepEqual(names(lab, 'Service'), ['shop']);
  assert.equal(names(lab, 'ConfigMap').includes('loose'), false);
  assert.equal(
    names(lab, 'ConfigMap').filter((name) => name.startsWith('shop-')).length,
    1,
    'the bad configuration is pruned',
  );
  assert.equal(names(lab, 'Secret').filter((name) => name.startsWith('shop-')).length, 1);
  assert.deepEqual(served(lab), ['app:1']);
});

test('a bad first release leaves nothing but what was there before it, and what is never deleted', async () => {
  const lab = clusterLab();
  lab.cluster.put({ ...aService('shop'), metadata: { name: 'shop', namespace: 'web' } });
  const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec: {} };

  const { result } = await bring(lab, 'v1', [...shopObjects('app:broken'), claim]);

  assert.equal(result.outcome, 'rolled-back');
  assert.deepEqual(names(lab, 'Deployment'), []);
  assert.deepEqual(names(lab, 'Service'), ['shop']);
  assert.deepEqual(names(lab, 'PersistentVolumeClaim'), ['data']);
});

test('Jobs run once for a release, before its rollout, and never on the way back', async () => {
  const lab = clusterLab();
  const jobs = () => lab.cluster.writes.filter(({ what, verb }) => verb === 'apply' && what.startsWith('Job ')).length;
  await bring(lab, 'v1', [...shopObjects('app:1'), aJob('migrate', 'job:1')]);
  await bring(lab, 'v2', [...shopObjects('app:2'), aJob('migrate', 'job:2')]);
  assert.equal(jobs(), 2);

  await rollBack(lab);
  lab.cluster.take('Deployment', 'shop');
  const { result } = await bring(lab, 'v1', [...shopObjects('app:1'), aJob('migrate', 'job:1')]);

  assert.equal(result.outcome, 'deployed');
  assert.equal(jobs(), 2);
});

test('a Job that fails ends the deployment before anything is rolled out', async () => {
  const lab = clusterLab();
  await bring(lab, 'v1', shopObjects('app:1'));
  const before = lab.cluster.one('Deployment', 'shop')?.metadata.generation;

  const { result } = await bring(lab, 'v2', [...shopObjects('app:2'), aJob('migrate', 'job:broken')]);

  assert.equal(result.outcome, 'rolled-back');
  assert.match(result.failures[0]?.what ?? '', /migrate/);
  assert.equal(lab.cluster.one('Deployment', 'shop')?.metadata.generation, before);
});

test('what somebody changed by hand is mended by the same release', async () => {
  const lab = clusterLab();
  await bring(lab, 'v1', shopObjects('app:1'));
  const service = lab.cluster.one('Service', 'shop');
  assert.ok(service !== undefined);
  lab.cluster.put({ ...service, spec: { ...service.spec, selector: { app: 'other' } } });

  const { result } = await bring(lab, 'v1', shopObjects('app:1'));

  assert.equal(result.outcome, 'deployed');
  assert.deepEqual(served(lab), ['app:1']);
});

test('sets that nobody goes back to are pruned, with the configuration that only they name', async () => {
  const lab = clusterLab();
  for (const n of [1, 2, 3, 4])
    await bring(lab, `v${n}`, shopObjects(`app:${n}`, { greeting: `hello ${n}` }), { settings: { keep: 2 } });

  const sets = names(lab, 'ConfigMap').filter((name) => name.startsWith('slipway-shop-production-'));
  const configs = names(lab, 'ConfigMap').filter((name) => name.startsWith('shop-'));

  assert.equal(sets.length, 2);
  assert.equal(configs.length, 2);
  assert.equal((await rollBack(lab)).result.version, 'v3');
});

test('the content of Secrets is in Secrets only', async () => {
  const lab = clusterLab();
  const secret = 'correct-horse';
  await bring(lab, 'v1', shopObjects('app:1', { token: secret }));
  const { result, changes } = await bring(lab, 'v2', shopObjects('app:2', { token: `${secret}-2` }), { mode: 'plan' });
  await bring(lab, 'v2', shopObjects('app:broken', { token: `${secret}-2` }));
  await rollBack(lab).catch(() => {});

  const forms = [secret, Buffer.from(secret).toString('base64').slice(0, 12)];
  const elsewhere = [...lab.cluster.objects.values()].filter(({ kind }) => kind !== 'Secret');
  const told = JSON.stringify([elsewhere, lab.log.told, result, changes]);
  for (const form of forms) assert.equal(told.includes(form), false);
});

test('a plan writes nothing, and says what would change', async () => {
  const lab = clusterLab();
  await bring(lab, 'v1', shopObjects('app:1'));
  const before = lab.cluster.writes.length;

  const { result, changes } = await bring(lab, 'v2', shopObjects('app:2'), { mode: 'plan' });

  assert.equal(result.outcome, 'planned');
  assert.deepEqual(lab.cluster.writes.slice(before), []);
  assert.match(changes.join('\n'), /app:1[\s\S]*app:2/);
});

for (const bad of [false, true]) {
  test(`killed at any write of a ${bad ? 'bad' : 'good'} release: a ready version serves, and the next run converges`, async (t) => {
    let boundaries = 0;
    for (const when of ['before', 'after'] as const) {
      for (let n = 1; ; n += 1) {
        const lab = clusterLab();
        const next = [
          ...shopObjects(bad ? 'app:broken' : 'app:2', { greeting: 'new' }),
          aConfigMap('loose', { a: '1' }),
        ];
        await bring(lab, 'v1', shopObjects('app:1'));
        const unserved: string[] = [];
        lab.cluster.onChange = () => {
          if (served(lab).length === 0 || served(lab).includes('app:broken')) unserved.push(`write ${n}`);
        };
        const mortal = mortalApi(lab.cluster.api, n, when);
        const end = await Promise.race([
          bring(lab, 'v2', next, { api: mortal.api }).then(() => 'lived' as const),
          mortal.died.then(() => 'died' as const),
        ]);
        if (end === 'lived') break;
        boundaries += 1;

        const { result } = await bring(lab, 'v2', next);

        const at = `${when} write ${n}`;
        assert.equal(
          result.outcome,
          bad ? 'rolled-back' : result.outcome === 'unchanged' ? 'unchanged' : 'deployed',
          at,
        );
        assert.deepEqual(served(lab), [bad ? 'app:1' : 'app:2'], at);
        assert.deepEqual(unserved, [], at);
        assert.equal(names(lab, 'ConfigMap').includes('loose'), !bad, at);
        const again = await bring(lab, bad ? 'v1' : 'v2', bad ? shopObjects('app:1') : next);
        assert.equal(again.result.outcome, 'unchanged', at);
      }
    }
    t.diagnostic(`${boundaries} boundaries`);
  });
}

test('killed at any write of a release that makes the ledger too long: no line is lost', async (t) => {
  let boundaries = 0;
  for (const when of ['before', 'after'] as const) {
    for (let n = 1; ; n += 1) {
      const lab = clusterLab();
      await bring(lab, 'v1', shopObjects('app:1'));
      fillLedger(lab.cluster);
      const mortal = mortalApi(lab.cluster.api, n, when);
      const end = await Promise.race([
        bring(lab, 'v2', shopObjects('app:2'), { api: mortal.api }).then(() => 'lived' as const),
        mortal.died.then(() => 'died' as const),
      ]);
      if (end === 'died') await bring(lab, 'v2', shopObjects('app:2'));

      const at = `${when} write ${n}`;
      const { entries, problems } = parseLedger(wholeLedger(lab.cluster));
      assert.deepEqual(problems, [], at);
      assert.deepEqual(
        entries.map(({ number }) => number),
        entries.map((_, index) => index + 1),
        at,
      );
      assert.equal(live(entries)?.version, 'v2', at);
      assert.equal(archivesOf(lab.cluster).length, 1, at);
      const { result } = await bring(lab, 'v2', shopObjects('app:2'));
      assert.equal(result.outcome, 'unchanged', at);
      if (end === 'lived') break;
      boundaries += 1;
    }
  }
  t.diagnostic(`${boundaries} boundaries`);
});

test('a rollback knows what was rolled back from, however long ago', async () => {
  const lab = clusterLab();
  const settings = { keep: 3 };
  const again = (version: string) => bring(lab, version, shopObjects(`app:${version.slice(1)}`), { settings });
  for (const version of ['v1', 'v2', 'v3']) await again(version);
  await rollBack(lab, '', { settings });
  fillLedger(lab.cluster);
  for (const version of ['v3', 'v2', 'v3', 'v4']) await again(version);

  const { result } = await rollBack(lab, '', { settings });

  assert.equal(archivesOf(lab.cluster).length, 1);
  assert.equal(result.version, 'v2', 'v3 was rolled back from once');
});

test('killed at any write of a rollback: the next run converges', async (t) => {
  let boundaries = 0;
  for (const when of ['before', 'after'] as const) {
    for (let n = 1; ; n += 1) {
      const lab = clusterLab();
      await bring(lab, 'v1', shopObjects('app:1'));
      await bring(lab, 'v2', [...shopObjects('app:2'), aService('extra')]);
      const mortal = mortalApi(lab.cluster.api, n, when);
      const end = await Promise.race([
        rollBack(lab, 'v1', { api: mortal.api }).then(() => 'lived' as const),
        mortal.died.then(() => 'died' as const),
      ]);
      if (end === 'lived') break;
      boundaries += 1;

      const { result } = await rollBack(lab, 'v1').catch((thrown: unknown) => {
        throw new Error(`${when} write ${n}`, { cause: thrown });
      });

      const at = `${when} write ${n}`;
      assert.ok(isGreen(result), at);
      assert.deepEqual(served(lab), ['app:1'], at);
      assert.deepEqual(names(lab, 'Service'), ['shop'], at);
    }
  }
  t.diagnostic(`${boundaries} boundaries`);
});

test('a deployment waits for few answers one after the other', async (t) => {
  const lab = clusterLab();
  for (let n = 1; n <= 6; n += 1) await bring(lab, `v${n}`, shopObjects(`app:${n}`));
  const began = lab.clock.monotonic();

  await bring(lab, 'v7', shopObjects('app:7'), { api: slowApi(lab.cluster.api, lab.clock, 100) });

  const answers = Math.round((lab.clock.monotonic() - began) / 100);
  t.diagnostic(`${answers} one after the other, with pods that are ready at once`);
  assert.ok(answers <= MOST_ANSWERS);
});

test('answers that get lost before or after a write cost no deployment', async () => {
  await fc.assert(
    // Without bias: small numbers are faults, and they shall be one in ten.
    fc.asyncProperty(fc.infiniteStream(fc.noBias(fc.nat(99))), async (throws) => {
      const lab = clusterLab();
      const api = flakyApi(lab.cluster.api, throws);

      const outcomes = [
        (await bring(lab, 'v1', shopObjects('app:1'), { api })).result.outcome,
        (await bring(lab, 'v2', shopObjects('app:2'), { api })).result.outcome,
        (await bring(lab, 'v3', shopObjects('app:broken'), { api })).result.outcome,
        (await rollBack(lab, '', { api })).result.outcome,
      ];

      assert.deepEqual(outcomes, ['deployed', 'deployed', 'rolled-back', 'rolled-back']);
      assert.deepEqual(served(lab), ['app:1']);
      assert.deepEqual(
        ledgerOf(lab).map(({ number }) => number),
        [1, 2, 3, 4],
      );
    }),
    { numRuns: 40 },
  );
});

test('post brings back what was live, and does not wait for the dead lease', async () => {
  const lab = clusterLab();
  await bring(lab, 'v1', shopObjects('app:1'));
  let holder = '';
  const mortal = mortalApi(lab.cluster.api, 9, 'after');
  const remember = (who: string): void => {
    holder = who;
  };
  await Promise.race([bring(lab, 'v2', shopObjects('app:2'), { api: mortal.api, remember }), mortal.died]);
  const began = lab.clock.monotonic();

  const { result } = await runTask(lab, { kind: 'restore', mode: 'apply' }, { formerHolder: holder });

  assert.ok(isGreen(result), JSON.stringify(result));
  assert.deepEqual(served(lab), ['app:1']);
  assert.ok(lab.clock.monotonic() - began < 5_000);
});

test('who is robbed of the lease has no more effects', async () => {
  const lab = clusterLab();
  await bring(lab, 'v1', shopObjects('app:1'));
  const records = lab.cluster.one('ConfigMap', 'slipway-shop-production');
  let stolen = false;
  const api = {
    ...lab.cluster.api,
    async apply(
      object: Parameters<typeof lab.cluster.api.apply>[0],
      options: Parameters<typeof lab.cluster.api.apply>[1],
    ) {
      const done = await lab.cluster.api.apply(object, options);
      if (options?.dryRun !== true && !stolen) {
        stolen = true;
        const now = lab.cluster.one('ConfigMap', 'slipway-shop-production');
        if (now !== undefined) lab.cluster.put({ ...now, metadata: { ...now.metadata, labels: { stolen: 'yes' } } });
      }
      return done;
    },
  };

  const { result } = await bring(lab, 'v2', shopObjects('app:2'), { api });

  assert.ok(records !== undefined);
  assert.equal(result.interrupted, true);
  assert.deepEqual(served(lab), ['app:1'], 'staging was the last that it did');
});
