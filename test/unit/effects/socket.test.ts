import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { systemSocket } from '@slipway/effects/socket-real';
import { temporaryFolder } from '../../support/temp.ts';

const NEVER = new AbortController().signal;

test('the whole answer comes back, however it is cut into pieces', async () => {
  await using server = await listen((socket) => {
    socket.on('data', (text) => {
      socket.write(`you said ${String(text)}`);
      setImmediate(() => socket.end('and more'));
    });
  });

  const answer = await systemSocket.exchange(server, 'hello\n', { timeoutMs: 5_000, signal: NEVER });

  assert.equal(answer, 'you said hello\nand more');
});

test('the other side sees the end of the text, and may take its time after it', async () => {
  await using server = await listen((socket) => {
    socket.on('end', () => setTimeout(() => socket.end('late'), 50)).resume();
  });

  assert.equal(await systemSocket.exchange(server, 'x', { timeoutMs: 5_000, signal: NEVER }), 'late');
});

test('nobody there, silence and an abort are errors', async () => {
  await using silent = await listen(() => {});
  const nowhere = { path: `${silent.path}.not` };
  const user = new AbortController();
  setImmediate(() => user.abort(new Error('the user gave up')));

  await assert.rejects(systemSocket.exchange(silent, 'x', { timeoutMs: 5_000, signal: user.signal }), /gave up/);
  await assert.rejects(systemSocket.exchange(silent, 'x', { timeoutMs: 5_000, signal: user.signal }), /gave up/);
  await assert.rejects(systemSocket.exchange(nowhere, 'x', { timeoutMs: 5_000, signal: NEVER }), { code: 'ENOENT' });
  await assert.rejects(systemSocket.exchange(silent, 'x', { timeoutMs: 50, signal: NEVER }), /no answer within 50 ms/);
});

async function listen(onConnection: (socket: Socket) => void) {
  const folder = temporaryFolder();
  const path = folder.at('s');
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    path,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await folder[Symbol.asyncDispose]();
    },
  };
}
