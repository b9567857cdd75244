import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { ApiRefusal, type KubeList, type WatchEvent } from '@slipway/k8s/api';
import { createClient } from '@slipway/k8s/client';
import { type Asked, startKubeServer, statusObject, tell } from '../../support/kube-server.ts';

const PODS = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', labelSelector: 'app=web' };

const pod = (name: string, resourceVersion: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, resourceVersion },
});
const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;

/** What each watch request gets: lines to send, and how it ends. */
interface Session {
  readonly lines?: readonly string[];
  readonly ending?: 'end' | 'cut' | 'stay';
  readonly status?: number;
}

/** A server that lists `first` and answers the watches after it one after the other; the last one for ever. */
async function watchServer(sessions: readonly Session[], lists: readonly object[] = [pod('first', '5')]) {
  let watches = 0;
  let listings = 0;
  return await startKubeServer((asked, response) => {
    if (asked.path === '/api/v1')
      return tell(response, 200, { resources: [{ kind: 'Pod', name: 'pods', namespaced: true }] });
    if (asked.query.watch !== 'true') {
      const item = lists[Math.min(listings++, lists.length - 1)];
      return tell(response, 200, { metadata: { resourceVersion: String(10 + 10 * listings) }, items: [item] });
    }
    serve(sessions[Math.min(watches++, sessions.length - 1)] ?? {}, response);
  });
}

function serve({ lines = [], ending = 'stay', status = 200 }: Session, response: ServerResponse): void {
  if (status !== 200) {
    tell(response, status, statusObject(status, 'Expired', 'no'));
    return;
  }
  response.writeHead(200);
  response.flushHeaders();
  response.write(lines.join(''), () => {
    if (ending === 'end') response.end();
    if (ending === 'cut') response.destroy();
  });
}

/** The first things that a watch tells. */
async function take(count: number, server: Awaited<ReturnType<typeof watchServer>>): Promise<string[]> {
  const stop = new AbortController();
  const told: string[] = [];
  for await (const event of createClient(server.ports).watch(PODS, stop.signal)) {
    told.push(describe(event));
    if (told.length === count) stop.abort();
  }
  return told;
}

function describe(event: KubeList | WatchEvent): string {
  if ('items' in event) return `list ${event.items.map(({ metadata }) => metadata.name).join()}`;
  return `${event.type} ${event.object.metadata.name}`;
}

const watched = (asked: readonly Asked[]): string[] =>
  asked.filter(({ query }) => query.watch === 'true').map(({ query }) => query.resourceVersion ?? '');

test('a list, then every event, from where the list was', async () => {
  const lines = [line('ADDED', pod('a', '21')), line('BOOKMARK', pod('', '30')), line('DELETED', pod('a', '31'))];
  await using server = await watchServer([{ lines }]);

  assert.deepEqual(await take(4, server), ['list first', 'ADDED a', 'BOOKMARK ', 'DELETED a']);
  const { path, query } = server.asked.at(-1) ?? assert.fail();
  assert.equal(path, '/api/v1/namespaces/shop/pods');
  assert.equal(query.labelSelector, 'app=web');
  assert.equal(query.allowWatchBookmarks, 'true');
  assert.deepEqual(watched(server.asked), ['20']);
});

for (const ending of ['end', 'cut'] as const) {
  test(`after a${ending === 'end' ? 'n end' : ' cut'} it goes on where it was, without a new list`, async () => {
    await using server = await watchServer([
      { lines: [line('ADDED', pod('a', '21'))], ending },
      { lines: [line('BOOKMARK', pod('', '40'))], ending },
      { lines: [line('ADDED', pod('b', '41'))] },
    ]);

    assert.deepEqual(await take(4, server), ['list first', 'ADDED a', 'BOOKMARK ', 'ADDED b']);
    assert.deepEqual(watched(server.asked), ['20', '21', '40']);
    assert.equal(
      server.asked.filter(({ path, query }) => path.endsWith('/pods') && query.watch === undefined).length,
      1,
    );
  });
}

test('a line that is cut in two is no event, and comes again', async () => {
  const whole = line('ADDED', pod('a', '21'));
  await using server = await watchServer([{ lines: [whole.slice(0, 30)], ending: 'cut' }, { lines: [whole] }]);

  assert.deepEqual(await take(2, server), ['list first', 'ADDED a']);
});

test('a server that has no time is asked again, in no hurry', async () => {
  await using server = await watchServer([
    { status: 500 },
    { status: 429 },
    { lines: [line('ADDED', pod('a', '21'))] },
  ]);
  const began = server.ports.clock.monotonic();

  assert.deepEqual(await take(2, server), ['list first', 'ADDED a']);
  assert.ok(server.ports.clock.monotonic() - began >= 400);
});

test('what is too old begins with a new list', async () => {
  const gone = line('ERROR', statusObject(410, 'Expired', 'too old'));
  const lists = [pod('first', '5'), pod('second', '25'), pod('third', '35')];
  await using server = await watchServer(
    [{ lines: [gone] }, { status: 410 }, { lines: [line('ADDED', pod('a', '41'))] }],
    lists,
  );

  assert.deepEqual(await take(4, server), ['list first', 'list second', 'list third', 'ADDED a']);
  assert.deepEqual(watched(server.asked), ['20', '30', '40']);
});

test('a refusal is one', async () => {
  await using server = await watchServer([{ status: 403 }]);

  await assert.rejects(take(9, server), (thrown) => thrown instanceof ApiRefusal && thrown.status === 403);
});

test('it ends when nobody wants it any more, also in the middle', async () => {
  await using server = await watchServer([{ lines: [line('ADDED', pod('a', '21'))] }]);
  const stop = new AbortController();
  const events = createClient(server.ports).watch(PODS, stop.signal)[Symbol.asyncIterator]();
  await events.next();
  await events.next();

  const waiting = events.next();
  stop.abort();

  assert.equal((await waiting).done, true);
});

test('it rejects when the cluster is lost', async () => {
  await using server = await watchServer([{ lines: [line('ADDED', pod('a', '21'))] }]);
  const events = createClient(server.ports).watch(PODS, new AbortController().signal)[Symbol.asyncIterator]();
  await events.next();
  await events.next();

  const waiting = events.next();
  server.lose(new Error('kubectl proxy ended'));

  await assert.rejects(waiting, /kubectl proxy ended/);
});
