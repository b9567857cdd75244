import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createNetServer, type Server, type Socket } from 'node:net';
import { test } from 'node:test';
import { type Clock, systemClock } from '@slipway/effects/clock';
import { systemHttp } from '@slipway/effects/http-real';
import type { VersionFrom } from '@slipway/health/health';
import { look, type ProbeTarget, untilHealthy } from '@slipway/health/probe';
import { temporaryFolder } from '../../support/temp.ts';

const SIGNAL = new AbortController().signal;
const REAL = { http: systemHttp, clock: systemClock };
const PATIENCE = { passes: 3, intervalMs: 10, deadlineMs: 5_000 };
const HEADER: VersionFrom = { kind: 'header', name: 'x-version' };

type Answer = (response: ServerResponse, count: number, request: IncomingMessage) => void;

const good: Answer = (response) => void response.writeHead(204, { 'x-version': 'v2' }).end();
const bad: Answer = (response) => void response.writeHead(500).end('no database');

test('enough passes in a row are healthy, and each is a connection of its own', async () => {
  await using app = await serve(good);

  await untilHealthy(app.target(), PATIENCE, REAL, SIGNAL);

  assert.equal(app.count(), 3);
  assert.equal(app.connections(), 3);
});

test('a failure in between starts the row again', async () => {
  await using app = await serve((response, count, request) => (count === 3 ? bad : good)(response, count, request));

  await untilHealthy(app.target(), PATIENCE, REAL, SIGNAL);

  assert.equal(app.count(), 6);
});

test('a failure at the start is waited out', async () => {
  await using app = await serve((response, count, request) => (count < 5 ? bad : good)(response, count, request));

  await untilHealthy(app.target(), PATIENCE, REAL, SIGNAL);

  assert.equal(app.count(), 7);
});

test('one try is made at once, the others after the interval', async () => {
  await using app = await serve(good);
  const slept: number[] = [];
  const clock: Clock = { ...systemClock, sleep: async (ms) => void slept.push(ms) };

  await untilHealthy(app.target(), { ...PATIENCE, intervalMs: 200 }, { ...REAL, clock }, SIGNAL);

  assert.deepEqual(slept, [200, 200]);
});

test('passes that never come in a row are too late at the deadline, with their number', async () => {
  await using app = await serve((response, count, request) => (count % 3 === 0 ? bad : good)(response, count, request));

  await assert.rejects(
    untilHealthy(app.target(), { ...PATIENCE, deadlineMs: 100 }, REAL, SIGNAL),
    /http:\/\/127\.0\.0\.1:8080\/healthz did not become healthy within 100ms: (?:only \d of 3 passes|status 500)/,
  );
});

const WHYS: readonly (readonly [name: string, answer: Answer, from: VersionFrom, why: RegExp | undefined])[] = [
  ['no 2xx', bad, HEADER, /^status 500: no database$/],
  ['a redirect', (response) => void response.writeHead(302, { location: '/' }).end(), HEADER, /^status 302$/],
  [
    'a long page',
    (response) => void response.writeHead(503).end('x\n'.repeat(9_999)),
    HEADER,
    /^status 503: (x ){99}.*…$/,
  ],
  ['the right header', good, HEADER, undefined],
  ['another header', (r) => void r.setHeader('X-Version', 'v1').end(), HEADER, /^version v1 answered instead of v2$/],
  ['no header', (r) => void r.end(), HEADER, /^the answer names no version \(header x-version\)$/],
  ['the right body', (r) => void r.end(' v2\n'), { kind: 'body' }, undefined],
  ['another body', (r) => void r.end('v20'), { kind: 'body' }, /^version v20 answered instead of v2$/],
  ['the right JSON', (r) => void r.end('{"a":{"b":"v2"}}'), { kind: 'json', path: ['a', 'b'] }, undefined],
  ['another JSON', (r) => void r.end('{"a":{"b":2}}'), { kind: 'json', path: ['a', 'b'] }, /^version 2 answered/],
  [
    'JSON without it',
    (r) => void r.end('{"a":[]}'),
    { kind: 'json', path: ['a', 'b'] },
    /names no version \(json a\.b\)/,
  ],
  ['no JSON', (r) => void r.end('v2'), { kind: 'json', path: ['a'] }, /names no version/],
  ['any 2xx, when the process is the proof', (r) => void r.writeHead(201).end(), { kind: 'process' }, undefined],
  ['an error, even when the process is the proof', bad, { kind: 'process' }, /^status 500/],
  ['a reset', (r) => void r.destroy(), HEADER, /^closed without an answer: nothing listens there, or it died/],
];

for (const [name, answer, versionFrom, why] of WHYS) {
  test(`${name} ${why === undefined ? 'passes' : 'does not pass, and says why'}`, async () => {
    await using app = await serve(answer);

    const seen = await look({ ...app.target(), versionFrom }, REAL, SIGNAL);

    if (why === undefined) assert.deepEqual(seen, { ok: true });
    else assert.match(seen.ok ? 'it passed' : seen.why, why);
  });
}

test('a forward to a port where nobody listens says so', async () => {
  await using forward = await listen(createNetServer((socket) => socket.destroy()));

  const seen = await look(targetAt(forward.path), REAL, SIGNAL);

  assert.match(seen.ok ? '' : seen.why, /^closed without an answer: nothing listens there/);
});

test('silence is given up after two seconds', async () => {
  await using app = await serve(() => {});

  const seen = await look(app.target(), REAL, SIGNAL);

  assert.deepEqual(seen, { ok: false, why: 'no answer within 2000 ms' });
});

test('an abort ends it with its own reason', async () => {
  await using app = await serve(() => abort.abort(new Error('the user gave up')));
  const abort = new AbortController();

  await assert.rejects(untilHealthy(app.target(), PATIENCE, REAL, abort.signal), /the user gave up/);
});

/** What a forward through ssh gives: a unix socket here, the app behind it. */
async function serve(answer: Answer) {
  let count = 0;
  let connections = 0;
  const server = createHttpServer((request, response) => answer(response, ++count, request));
  server.on('connection', () => {
    connections += 1;
  });
  const { path, [Symbol.asyncDispose]: close } = await listen(server);
  return {
    target: () => targetAt(path),
    count: () => count,
    connections: () => connections,
    [Symbol.asyncDispose]: close,
  };
}

async function listen(server: Server) {
  const folder = temporaryFolder();
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => open.add(socket));
  server.listen(folder.at('s'));
  await once(server, 'listening');
  return {
    path: folder.at('s'),
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await folder[Symbol.asyncDispose]();
    },
  };
}

function targetAt(socketPath: string): ProbeTarget {
  return { url: 'http://127.0.0.1:8080/healthz', socketPath, versionFrom: HEADER, version: 'v2' };
}
