import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeApi } from '@slipway/k8s/api';
import { recordName } from '@slipway/k8s/place';
import { createRecords } from '@slipway/k8s/records';
import { digestOf } from '@slipway/kernel/digest';
import type { JournalLine } from '@slipway/rollout/entry';
import { parseJournal } from '@slipway/rollout/journal';
import { anEntry } from '../../support/entries.ts';
import { memoryCluster } from '../../support/memory-cluster.ts';

const place = { app: 'shop', environment: 'production', namespace: 'web' };

function aLine(overrides: Partial<JournalLine> = {}): Omit<JournalLine, 'schema'> {
  return {
    run: '7',
    attempt: 1,
    step: 1,
    kind: 'start',
    member: 'cluster',
    slot: 'blue',
    before: '',
    after: 'v1',
    digest: digestOf('v1'),
    state: 'intent',
    ...overrides,
  };
}

test('what was written is read back by the next run', async () => {
  const { api } = memoryCluster();
  const records = createRecords(api, place, 5);
  await records.read();
  await records.note(aLine(), { installed: digestOf('v1'), found: { [digestOf('v1')]: ['/Service/web/shop'] } });
  await records.note(aLine({ state: 'done' }));
  await records.append(anEntry('v1'));

  const read = await createRecords(api, place, 5).read();

  assert.equal(read.installed, digestOf('v1'));
  assert.deepEqual(read.found, { [digestOf('v1')]: ['/Service/web/shop'] });
  assert.deepEqual(
    read.entries.map(({ release }) => release.version),
    ['v1'],
  );
  assert.deepEqual(read.problems, []);
  assert.equal(read.cutOff, null);
});

test('a start that nobody finished is told, with what was installed before', async () => {
  const { api } = memoryCluster();
  const records = createRecords(api, place, 5);
  await records.read();
  await records.note(aLine({ before: digestOf('v0') }), { installed: digestOf('v1') });
  await records.note(aLine({ kind: 'stage', step: 2, state: 'done' }));

  assert.deepEqual((await records.read()).cutOff, { before: digestOf('v0') });
});

test('nothing is installed once that is said', async () => {
  const { api } = memoryCluster();
  const records = createRecords(api, place, 5);
  await records.read();
  await records.note(aLine(), { installed: digestOf('v1') });
  await records.note(aLine({ kind: 'retire', state: 'done' }), { installed: null });

  assert.equal((await records.read()).installed, null);
});

test('an entry that is there already is not written again', async () => {
  const { api, writes } = memoryCluster();
  const records = createRecords(api, place, 5);
  await records.read();
  await records.append(anEntry('v1'));
  const before = writes.length;

  await records.append(anEntry('v1'));

  assert.equal(writes.length, before);
});

test('who writes on what is not the newest fails, and knows that it is lost', async () => {
  const { api } = memoryCluster();
  const [first, second] = [createRecords(api, place, 5), createRecords(api, place, 5)];
  await first.read();
  await first.note(aLine());
  await second.read();
  await second.note(aLine({ run: '8' }));

  await assert.rejects(first.note(aLine({ step: 2 })), { reason: 'Conflict' });

  assert.equal(first.lost.aborted, true);
  assert.equal(second.lost.aborted, false);
});

test('a write whose answer got lost is found done, and is not done twice', async () => {
  const { api } = memoryCluster();
  let deaf = true;
  const flaky: KubeApi = {
    ...api,
    async replace(object) {
      const done = await api.replace(object);
      if (deaf) {
        deaf = false;
        throw new Error('socket hang up');
      }
      return done;
    },
  };
  const records = createRecords(flaky, place, 5);
  await records.read();
  await records.note(aLine());
  await records.note(aLine({ state: 'done' }));

  const { journal } = await records.read();

  assert.equal(journal.trim().split('\n').length, 2);
  assert.equal(records.lost.aborted, false);
});

test('the end of a step is written with what is written next, in its place', async () => {
  const { api, writes } = memoryCluster();
  const records = createRecords(api, place, 5);
  const states = async () => parseJournal((await records.read()).journal).map(({ step, state }) => `${step} ${state}`);
  await records.read();
  await records.note(aLine());
  const before = writes.length;

  records.later(aLine({ state: 'done' }));
  assert.equal(writes.length, before);
  await records.note(aLine({ step: 2 }));
  assert.deepEqual(await states(), ['1 intent', '1 done', '2 intent']);

  records.later(aLine({ step: 2, state: 'done' }));
  await records.flush();
  await records.flush();
  assert.deepEqual(await states(), ['1 intent', '1 done', '2 intent', '2 done']);
  assert.equal(writes.length, before + 2);
});

test('the journal keeps its last lines, since a ConfigMap is small', async () => {
  const { api } = memoryCluster();
  const records = createRecords(api, place, 5);
  await records.read();
  for (let step = 1; step <= 130; step += 1) await records.note(aLine({ step }));

  const lines = (await records.read()).journal.trim().split('\n');

  assert.equal(lines.length, 100);
  assert.match(lines.at(-1) ?? '', /"step":130/);
});

for (const [app, environment] of [
  ['shop', 'production'],
  ['Shop_1.2', 'production'],
  ['a'.repeat(60), 'production'],
  ['shop', 'pre.view'],
] as const) {
  test(`${app} in ${environment} has records with a name that Kubernetes takes`, () => {
    const name = recordName({ app, environment, namespace: 'web' });

    assert.match(name, /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
    assert.ok(name.length <= 40);
  });
}

test('apps whose names only differ in what Kubernetes does not take have records of their own', () => {
  const names = ['shop.a', 'shop-a', 'Shop-a', 'shop_a'].map((app) => recordName({ ...place, app }));

  assert.equal(new Set(names).size, names.length);
});
