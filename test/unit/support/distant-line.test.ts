import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { openDistantLine } from '../../support/distant-line.ts';

const AWAY_MS = 60;

test('request and answer each take their time, and arrive whole', async (t) => {
  const { origin } = await serve(t, (body) => body.toUpperCase());
  const url = await openDistantLine(origin, AWAY_MS);
  const body = 'a'.repeat(200_000);
  const began = performance.now();

  const answer = await fetch(url, { method: 'POST', body });

  assert.equal(await answer.text(), body.toUpperCase());
  const took = performance.now() - began;
  assert.ok(took >= 2 * AWAY_MS - 5, `${took} ms`);
});

test("a request that crosses with the server's close is lost", async (t) => {
  const { origin, server } = await serve(t, () => 'answer');
  const url = await openDistantLine(origin, AWAY_MS);
  const agent = new Agent({ keepAlive: true });
  const [first] = (await once(request(url, { agent }).end(), 'response')) as [IncomingMessage];
  await text(first);

  server.closeIdleConnections();
  const [error] = (await once(request(url, { agent }).end(), 'error')) as [NodeJS.ErrnoException];

  assert.equal(error.code, 'ECONNRESET');
  agent.destroy();
});

test('nobody behind it: the connection breaks', async () => {
  const url = await openDistantLine('http://127.0.36.21:9', AWAY_MS);
  const sent = request(url, { agent: false }).end();

  const [error] = (await once(sent, 'error')) as [NodeJS.ErrnoException];

  assert.equal(error.code, 'ECONNRESET');
});

async function serve(
  t: { after(work: () => void): void },
  answer: (body: string) => string,
): Promise<{ readonly origin: string; readonly server: Server }> {
  const server = createServer((asked, response) => {
    void text(asked).then((body) => response.end(answer(body)));
  });
  server.listen(0, '127.0.36.21');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.36.21:${(server.address() as AddressInfo).port}`, server };
}
