import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { KubeApi } from '@slipway/k8s/api';
import type { KubeObject } from '@slipway/k8s/object';
import { createRecords } from '@slipway/k8s/records';
import { healthy, live, parseLedger } from '@slipway/rollout/ledger';
import { anEntry } from '../../support/entries.ts';
import { wholeLedger } from '../../support/long-ledger.ts';
import { type MemoryCluster, memoryCluster } from '../../support/memory-cluster.ts';

const place = { app: 'shop', environment: 'production', namespace: 'web' };
const NAME = 'slipway-shop-production';
const KEEP = 5;
const MIB = 1024 * 1024;

/** Deployments one after the other, as one long run. */
async function deployAll(
  api: KubeApi,
  count: number,
  outcome: (number: number) => 'deployed' | 'failed' = () => 'deployed',
): Promise<void> {
  const records = createRecords(api, place, KEEP);
  await records.read();
  for (let n = 1; n <= count; n += 1) await records.append(anEntry(`v${n}`, { outcome: outcome(n) }));
}

function counted(api: KubeApi): { readonly api: KubeApi; readonly read: string[] } {
  const read: string[] = [];
  return {
    read,
    api: {
      ...api,
      get: (ref) => {
        read.push(ref.name);
        return api.get(ref);
      },
    },
  };
}

function bytesOf({ data }: KubeObject): number {
  return Buffer.byteLength(JSON.stringify(data ?? null));
}

let long: MemoryCluster;

before(async () => {
  long = memoryCluster();
  await deployAll(long.api, 2_000);
});

test('2,000 deployments: no ConfigMap gets full, and no line is lost or changed', async (t) => {
  const maps = long.all('ConfigMap');

  const { entries, problems } = parseLedger(wholeLedger(long));

  t.diagnostic(`${maps.length} ConfigMaps, at most ${Math.max(...maps.map(bytesOf))} bytes`);
  assert.ok(maps.every((map) => bytesOf(map) < MIB / 2));
  assert.deepEqual(problems, []);
  assert.deepEqual(
    entries.map(({ number }) => number),
    Array.from({ length: 2_000 }, (_, index) => index + 1),
  );
  assert.ok(maps.filter(({ metadata }) => metadata.name !== NAME).every(({ immutable }) => immutable === true));
});

test('a run after 2,000 deployments reads the newest lines alone, and the kept releases are in them', async () => {
  const { api, read } = counted(long.api);

  const { entries, problems } = await createRecords(api, place, KEEP).read();

  assert.deepEqual(read, [NAME]);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    healthy(entries)
      .slice(0, KEEP)
      .map(({ version }) => version),
    ['v2000', 'v1999', 'v1998', 'v1997', 'v1996'],
  );
});

test('who keeps more releases than the newest lines name gets them from the archives', async () => {
  const { entries, problems } = await createRecords(long.api, place, 1_000).read();

  assert.ok(healthy(entries).length >= 1_000);
  assert.equal(live(entries)?.version, 'v2000');
  assert.deepEqual(problems, []);
});

test('the whole ledger is read where every line counts', async () => {
  const { entries, problems } = await createRecords(long.api, place, KEEP).read('whole');

  assert.equal(entries.length, 2_000);
  assert.deepEqual(problems, []);
});

test('what is live is known, however many deployments failed since', async () => {
  const { api } = memoryCluster();
  await deployAll(api, 300, (n) => (n <= 2 ? 'deployed' : 'failed'));

  const { entries } = await createRecords(api, place, KEEP).read();

  assert.equal(live(entries)?.version, 'v2');
  assert.deepEqual(
    healthy(entries).map(({ version }) => version),
    ['v2', 'v1'],
  );
});

test('an archive that was changed or deleted is told, and the rest still counts', async () => {
  const cluster = memoryCluster();
  await deployAll(cluster.api, 450);
  const [first, second] = ['1', '2'].map((n) => cluster.one('ConfigMap', `${NAME}.ledger-${n}`));
  assert.ok(first !== undefined && second !== undefined);
  const text = (second.data as Record<string, string>)['ledger.jsonl'] ?? '';
  cluster.put({ ...second, data: { 'ledger.jsonl': text.replace('"ms":1200', '"ms":1') } });
  cluster.take('ConfigMap', first.metadata.name);

  const { entries, problems } = await createRecords(cluster.api, place, KEEP).read('whole');

  assert.equal(live(entries)?.version, 'v450');
  assert.match(problems.join('\n'), /lacks \d+ lines: the ConfigMap slipway-shop-production\.ledger-1 is not there/);
  assert.match(problems.join('\n'), /was changed: the line behind entry \d+ does not continue/);
});

test('an archive that was cut at its end is told', async () => {
  const cluster = memoryCluster();
  await deployAll(cluster.api, 300);
  const archive = cluster.one('ConfigMap', `${NAME}.ledger-1`);
  assert.ok(archive !== undefined);
  const text = (archive.data as Record<string, string>)['ledger.jsonl'] ?? '';
  const shorter = text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1);
  cluster.put({ ...archive, data: { 'ledger.jsonl': shorter } });

  const { problems } = await createRecords(cluster.api, place, KEEP).read('whole');

  assert.match(problems.join('\n'), /ledger-1 does not end as it did/);
});

test('another object under the name of an archive is never written over, and the way out is told', async () => {
  const cluster = memoryCluster();
  const metadata = { name: `${NAME}.ledger-1`, namespace: place.namespace };
  cluster.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { mine: 'yes' } });

  await assert.rejects(deployAll(cluster.api, 300), /is in the way.*kubectl delete configmap \S+ledger-1 -n web/s);

  assert.deepEqual(cluster.one('ConfigMap', metadata.name)?.data, { mine: 'yes' });
});

test('what was found before sets that nobody brings back is forgotten with the lines that name them', async () => {
  const { api } = memoryCluster();
  const records = createRecords(api, place, KEEP);
  await records.read();
  let found: Readonly<Record<string, readonly string[]>> = {};
  for (let n = 1; n <= 400; n += 1) {
    const { digest } = anEntry(`v${n}`).release;
    const line = { run: '7', attempt: 1, step: 1, kind: 'start', member: 'cluster', slot: 'blue' } as const;
    const facts = { installed: digest, found: { ...found, [digest]: [`/Service/web/${n}`] } };
    await records.note({ ...line, before: '', after: `v${n}`, digest, state: 'done' }, facts);
    ({ found } = await records.append(anEntry(`v${n}`)));
  }

  const kept = await records.read();

  assert.ok(Object.keys(kept.found).length < 300, `${Object.keys(kept.found).length} are known`);
  for (const { digest } of healthy(kept.entries).slice(0, KEEP)) assert.equal(kept.found[digest]?.length, 1);
});
