import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { systemHttp } from '@slipway/effects/http-real';
import type { TransportPorts } from '@slipway/k8s/transport';
import { temporaryFolder } from './temp.ts';
import { virtualClock } from './virtual-clock.ts';

/** A request as it came. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly contentType: string | undefined;
  readonly body: string;
}

export interface KubeServer extends AsyncDisposable {
  readonly asked: readonly Asked[];
  /** For a client of it; `lose` aborts their signal. Time is virtual. */
  readonly ports: TransportPorts;
  lose(reason: Error): void;
}

/** An HTTP server on a unix socket, in the place of `kubectl proxy`: each request is answered by the test. */
export async function startKubeServer(
  answer: (asked: Asked, response: ServerResponse, nth: number) => void,
): Promise<KubeServer> {
  const folder = temporaryFolder();
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void read(request).then((told) => answer(told, response, asked.push(told)));
  });
  const socketPath = folder.at('api');
  server.listen(socketPath);
  await once(server, 'listening');
  const lost = new AbortController();
  return {
    asked,
    ports: { http: systemHttp, clock: virtualClock(), socketPath, lost: lost.signal },
    lose: (reason) => lost.abort(reason),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Answers with JSON. */
export function tell(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

/** A Status object, as servers refuse with. */
export function statusObject(code: number, reason: string, message: string, causes: readonly object[] = []): object {
  return { apiVersion: 'v1', kind: 'Status', status: 'Failure', code, reason, message, details: { causes } };
}

async function read(request: IncomingMessage): Promise<Asked> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    contentType: request.headers['content-type'],
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
