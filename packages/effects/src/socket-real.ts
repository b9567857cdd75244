import { addAbortListener } from 'node:events';
import { connect, type Socket } from 'node:net';
import { reasonOf, throwIfAborted } from './clock.ts';
import type { LineSocket, SocketOptions } from './socket.ts';

/** Nobody that speaks lines answers with more; a stream without end must not fill our memory. */
const MAX_BYTES = 64 * 1024 * 1024;

export const systemSocket: LineSocket = {
  async exchange({ path }, text, options) {
    throwIfAborted(options.signal);
    // Half-closing after the text tells the other side that no more comes; some wait for just that.
    const socket = connect({ path, allowHalfOpen: true }, () => socket.end(text));
    const ender = endWith(socket, options);
    try {
      return await readAll(socket);
    } finally {
      ender.dispose();
      socket.destroy();
    }
  },
};

async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BYTES) throw new Error(`the answer is longer than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function endWith(socket: Socket, { timeoutMs, signal }: SocketOptions): { dispose(): void } {
  const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  const listener = addAbortListener(signal, () => socket.destroy(reasonOf(signal)));
  return {
    dispose() {
      clearTimeout(timer);
      listener[Symbol.dispose]();
    },
  };
}
