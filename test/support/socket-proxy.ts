import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { temporaryFolder } from './temp.ts';

/**
 * What happens to a request: `pass` it on; `lose` its answer, after the server behind has done it; or answer it here
 * with a status, before the server behind hears of it.
 */
export type Fate = 'pass' | 'lose' | number;

export interface SocketProxy extends AsyncDisposable {
  readonly socketPath: string;
  /** Breaks every connection that is open now. */
  cut(): void;
}

/** An HTTP proxy from one unix socket to another, for what goes wrong on the way. */
export async function startSocketProxy(to: string, fateOf: (request: IncomingMessage) => Fate): Promise<SocketProxy> {
  const folder = temporaryFolder();
  const open = new Set<Socket>();
  const server = createServer((request, response) => {
    const fate = fateOf(request);
    // In one piece: a server that answers and closes would break a body that is still being sent.
    const body = buffer(request);
    body.then((bytes) => handle(request, bytes, response, fate, to)).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  server.listen(folder.at('api'));
  await once(server, 'listening');
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    socketPath: folder.at('api'),
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, 'close');
      await folder[Symbol.asyncDispose]();
    },
  };
}

function handle(request: IncomingMessage, body: Buffer, response: ServerResponse, fate: Fate, to: string): void {
  if (typeof fate === 'number') {
    response.writeHead(fate, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ kind: 'Status', code: fate, reason: 'Injected', message: 'injected' }));
    return;
  }
  const { method, url: path, headers } = request;
  const onward = forward({ socketPath: to, agent: false, method, path, headers }, (answer) => {
    if (fate === 'lose') {
      answer.resume();
      answer.on('end', () => response.destroy());
      return;
    }
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    response.flushHeaders();
    answer.on('error', () => response.destroy());
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  onward.end(body);
}
