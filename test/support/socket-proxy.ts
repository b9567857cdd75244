import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { temporaryFolder } from './temp.ts';

/**
 * What happens to a request: `pass` it on; `cut` the connection before the server behind hears of it; `lose` its
 * answer, after the server has done it; answer it here with a status, before the server hears of it or `afterwards`; or
 * `withhold` it from the server, or its answer from the client, for good.
 */
export type Fate =
  | 'pass'
  | 'cut'
  | 'lose'
  | number
  | { readonly afterwards: number }
  | { readonly withhold: 'request' | 'answer'; readonly told: () => void };

export type FateOf = (request: IncomingMessage, body: Buffer) => Fate;

export interface SocketProxy extends AsyncDisposable {
  /** The unix socket, or the port on loopback that was asked for. */
  readonly socketPath: string;
  readonly port: number | undefined;
  /** Breaks every connection that is open now. */
  cut(): void;
}

/** An HTTP proxy before a unix socket, for what goes wrong on the way: on another one, or on a port of loopback. */
export async function startSocketProxy(
  to: string,
  fateOf: FateOf,
  at: 'socket' | 'port' = 'socket',
): Promise<SocketProxy> {
  const folder = temporaryFolder();
  const open = new Set<Socket>();
  const server = createServer((request, response) => {
    // In one piece: a server that answers and closes would break a body that is still being sent.
    const body = buffer(request);
    body.then((bytes) => handle(request, bytes, response, fateOf(request, bytes), to)).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  if (at === 'socket') server.listen(folder.at('api'));
  else server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    socketPath: folder.at('api'),
    port: typeof address === 'object' ? address?.port : undefined,
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
  if (typeof fate === 'number') refuse(response, fate);
  else if (fate === 'cut') response.destroy();
  else if (typeof fate === 'object' && 'withhold' in fate && fate.withhold === 'request') fate.told();
  else passOn(request, body, response, fate, to);
}

function passOn(request: IncomingMessage, body: Buffer, response: ServerResponse, fate: Fate, to: string): void {
  const { method, url: path, headers } = request;
  const onward = forward({ socketPath: to, agent: false, method, path, headers }, (answer) => {
    if (fate === 'pass') {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      response.flushHeaders();
      answer.on('error', () => response.destroy());
      answer.pipe(response);
      return;
    }
    answer.resume();
    // A watch has no end to wait for.
    if (isWatch(request)) response.destroy();
    else answer.on('end', () => endWith(response, fate));
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  onward.end(body);
}

function isWatch({ url = '' }: IncomingMessage): boolean {
  return new URL(url, 'http://localhost').searchParams.has('watch');
}

function endWith(response: ServerResponse, fate: Fate): void {
  if (typeof fate !== 'object') response.destroy();
  else if ('afterwards' in fate) refuse(response, fate.afterwards);
  else fate.told();
}

function refuse(response: ServerResponse, status: number): void {
  // As the API server says it of a client that is too fast.
  const patience = status === 429 ? { 'retry-after': '1' } : {};
  response.writeHead(status, { 'content-type': 'application/json', ...patience });
  response.end(JSON.stringify({ kind: 'Status', code: status, reason: 'Injected', message: 'injected' }));
}
