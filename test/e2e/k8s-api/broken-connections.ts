import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { systemHttp } from '@slipway/effects/http-real';
import type { KubeApi } from '@slipway/k8s/api';
import { createClient } from '@slipway/k8s/client';
import { type KubeObject, refOf } from '@slipway/k8s/object';
import { writeOnce } from '@slipway/k8s/write-once';
import { isObject } from '@slipway/kernel/json';
import { type Fate, startSocketProxy } from '../../support/socket-proxy.ts';
import { type Place, settings } from './place.ts';

function through(socketPath: string, { clock }: Place): KubeApi {
  return createClient({ http: systemHttp, clock, socketPath, lost: new AbortController().signal });
}

/** A watch whose connection is cut tells what happened meanwhile, once and in order. */
export async function resumesWatches(_t: TestContext, place: Place): Promise<void> {
  const { api, namespace } = place;
  await using proxy = await startSocketProxy(place.socketPath, () => 'pass');
  const stop = new AbortController();
  const query = { apiVersion: 'v1', kind: 'ConfigMap', namespace, labelSelector: 'watched' };
  const told: string[] = [];
  for await (const event of through(proxy.socketPath, place).watch(query, stop.signal)) {
    if ('items' in event) told.push(`list of ${event.items.length}`);
    else if (event.type !== 'BOOKMARK') told.push(`${event.type} ${event.object.metadata.name}`);
    if (told.length === 7) break;
    if ('items' in event || event.type === 'ADDED') {
      const name = `w${told.length}`;
      proxy.cut();
      await api.apply({ ...settings(place, name, {}), metadata: { name, namespace, labels: { watched: '' } } });
      if (told.length === 3) await api.remove({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'w1' });
    }
  }

  assert.deepEqual(told, ['list of 0', 'ADDED w1', 'ADDED w2', 'ADDED w3', 'DELETED w1', 'ADDED w4', 'ADDED w6']);
}

const CALLS = 60;

/** One call of ten meets a 429, a 500, or a reset before or after its effect: each is right in the end. */
export async function survivesFaults(t: TestContext, place: Place): Promise<void> {
  const { namespace } = place;
  const fates: readonly Fate[] = [429, 500, 'lose', 503];
  let calls = 0;
  let faults = 0;
  await using proxy = await startSocketProxy(place.socketPath, ({ url = '' }) => {
    // discovery has its share too, but not the same requests each time
    calls += url.includes(namespace) ? 1 : 0;
    return calls % 10 === 3 ? (fates[faults++ % fates.length] ?? 'pass') : 'pass';
  });
  const api = through(proxy.socketPath, place);
  const names = Array.from({ length: CALLS }, (_, index) => `f${index}`);

  await Promise.all(names.map((name) => api.apply(settings(place, name, { n: '1' }))));
  await Promise.all(
    names.map((name) => api.mergePatch(refOf(settings(place, name, {})), { data: { n: '2', m: name } })),
  );
  const read = await Promise.all(names.map((name) => api.get(refOf(settings(place, name, {})))));
  const count = await countUp(api, settings(place, 'counter', { n: '0' }), CALLS);
  await Promise.all(names.map((name) => api.remove(refOf(settings(place, name, {})))));
  const { items } = await api.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace });

  assert.deepEqual(
    read.map((object) => object?.data),
    names.map((name) => ({ n: '2', m: name })),
  );
  assert.equal(count, String(CALLS));
  assert.deepEqual(
    items.map(({ metadata }) => metadata.name).filter((name) => /^f\d/.test(name)),
    [],
  );
  assert.ok(faults >= 30);
  t.diagnostic(`${calls} calls, ${faults} faults`);
}

const dataOf = ({ data }: KubeObject): unknown => data;

/** Each step names the version that it continues: none is lost, none counts twice. */
async function countUp(api: KubeApi, start: KubeObject, steps: number): Promise<unknown> {
  let current = await writeOnce(api, start, dataOf);
  for (let step = 1; step <= steps; step += 1) {
    current = await writeOnce(api, { ...current, data: { n: String(step) } }, dataOf);
  }
  const found = (await api.get(refOf(start)))?.data;
  return isObject(found) ? found.n : undefined;
}
