import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LoadResult, startLoad } from '../../support/load.ts';

const ADDRESS = '127.0.36.20';
// Patient by default: a busy machine must not look like a late server.
const QUICK = { rate: 200, phase: 'all', slowMs: 20, lateMs: 5_000 };

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly kept: boolean;
}

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void | Promise<void>;

const good: Answer = async (request, response, body) => {
  if (request.url === '/slow') await sleep(20);
  response.end(JSON.stringify({ version: 'v1', echo: body }));
};

test('a good server is counted by phase and version, with nothing failed', async () => {
  await using server = await serve(good);
  const load = await startLoad({ ...QUICK, url: server.url, phase: 'before' });
  await server.served(30);
  await load.phase('after');
  await server.served(60);

  const result = await load.stop();

  const [before, after] = result.phases;
  assert.equal(result.failed, 0, JSON.stringify(result.errors));
  assert.equal(result.requests, server.seen.length);
  assert.deepEqual(
    result.phases.map(({ name }) => name),
    ['before', 'after'],
  );
  assert.equal((before?.requests ?? 0) + (after?.requests ?? 0), result.requests);
  assert.ok((before?.requests ?? 0) >= 30 && (after?.requests ?? 0) > 0);
  assert.deepEqual(result.versions, { v1: result.requests });
});

test('the mix is mostly POSTs, some slow, on kept and on new connections', async () => {
  await using server = await serve(good);

  await loaded(server, QUICK, 100);

  // All that was sent, since requests may overtake each other: of any ten sent in a row these places are of a kind.
  const share = (wanted: (seen: Seen) => boolean): number => server.seen.filter(wanted).length;
  const sent = (...places: number[]): number => server.seen.filter((_, index) => places.includes(index % 10)).length;
  assert.equal(
    share(({ method }) => method === 'POST'),
    sent(0, 1, 2, 3, 5, 6, 8, 9),
  );
  assert.equal(
    share(({ path }) => path === '/slow'),
    sent(2, 5),
  );
  assert.equal(
    share(({ kept }) => kept),
    sent(0, 2, 4, 6, 8),
  );
  assert.equal(
    share(({ method, path, kept }) => method === 'POST' && path === '/slow' && kept),
    sent(2),
  );
  assert.ok(server.connections() < 85, `${server.connections()} connections: kept ones must be used again`);
});

interface Fault {
  readonly name: string;
  readonly reason: string;
  readonly answer: Answer;
  readonly options?: { readonly lateMs: number } | { readonly giveUpMs: number };
}

const FAULTS: readonly Fault[] = [
  { name: 'a refusal', reason: 'status 503', answer: (_request, response) => void response.writeHead(503).end() },
  { name: 'a redirect', reason: 'status 302', answer: (_request, response) => void response.writeHead(302).end() },
  {
    name: 'a body of somebody else',
    reason: 'wrong body',
    answer: (_request, response) => void response.end('{"version":"v1","echo":"other"}'),
  },
  { name: 'no JSON', reason: 'wrong body', answer: (_request, response) => void response.end('hello') },
  { name: 'a reset', reason: 'ECONNRESET', answer: (request) => void request.socket.resetAndDestroy() },
  { name: 'a close without an answer', reason: 'ECONNRESET', answer: (request) => void request.socket.destroy() },
  {
    name: 'half an answer',
    reason: 'ECONNRESET',
    answer(request, response) {
      response.writeHead(200, { 'content-length': 1_000 }).write('{"version":', () => request.socket.destroy());
    },
  },
  {
    name: 'a late answer',
    reason: 'late',
    options: { lateMs: 200 },
    async answer(_request, response, body) {
      await sleep(250);
      response.end(JSON.stringify({ version: 'v1', echo: body }));
    },
  },
  { name: 'silence', reason: 'no answer', options: { giveUpMs: 600 }, answer() {} },
];

for (const { name, reason, answer, options } of FAULTS) {
  test(`one request in seven fails by ${name}, and is neither hidden nor sent again`, async () => {
    let count = 0;
    await using server = await serve((request, response, body) => {
      count += 1;
      const faulty = request.method === 'POST' && request.url === '/' && count % 7 === 0;
      return (faulty ? answer : good)(request, response, body);
    });

    const result = await loaded(server, { ...QUICK, ...options }, 60);

    assert.ok(result.failed > 0);
    assert.deepEqual(Object.keys(result.errors), [reason]);
    assert.equal(result.errors[reason], result.failed);
    assert.equal(server.seen.length, result.requests, 'the server must see each request once');
  });
}

test('nobody listening is a failure of every request', async () => {
  const server = await serve(good);
  await server[Symbol.asyncDispose]();
  const load = await startLoad({ ...QUICK, url: server.url });
  await sleep(100);

  const result = await load.stop();

  assert.ok(result.requests > 0);
  assert.deepEqual(result.errors, { ECONNREFUSED: result.requests });
});

test('the schedule does not wait for answers', async () => {
  await using server = await serve(() => {});
  const load = await startLoad({ ...QUICK, giveUpMs: 600, url: server.url });

  await server.served(40);

  const result = await load.stop();
  assert.deepEqual(result.errors, { 'no answer': result.requests });
});

async function loaded(
  server: Awaited<ReturnType<typeof serve>>,
  options: typeof QUICK,
  requests: number,
): Promise<LoadResult> {
  const load = await startLoad({ ...options, url: server.url });
  await server.served(requests);
  return await load.stop();
}

async function serve(answer: Answer) {
  const seen: Seen[] = [];
  const waiters = new Set<() => void>();
  let connections = 0;
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    const handle = async (): Promise<void> => {
      const body = await text(request);
      seen.push({ method, path: url, kept: headers.connection === 'keep-alive' });
      for (const wake of waiters) wake();
      await answer(request, response, body);
    };
    void handle();
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, ADDRESS, resolve));
  return {
    url: `http://${ADDRESS}:${(server.address() as AddressInfo).port}`,
    seen,
    connections: () => connections,
    /** Resolves once that many requests came. */
    served: (count: number) =>
      new Promise<void>((resolve) => {
        const check = (): void => {
          if (seen.length < count) return;
          waiters.delete(check);
          resolve();
        };
        waiters.add(check);
        check();
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
