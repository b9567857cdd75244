import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers in the place of the server behind, or leaves the request to it by returning false. */
export type Interfere = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface FaultyProxy extends AsyncDisposable {
  /** `address:port`. */
  readonly host: string;
  /** Each request that came: `PUT /v2/shop/manifests/v1`. */
  readonly requests: readonly string[];
}

/** An HTTP server before another one, for what goes wrong on the way. */
export async function startFaultyProxy(options: {
  readonly address: string;
  /** `address:port` of the server behind. */
  readonly to: string;
  readonly interfere: Interfere;
}): Promise<FaultyProxy> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (options.interfere(request, response)) {
      request.resume();
      return;
    }
    const { url: path, method, headers } = request;
    const onward = forward(`http://${options.to}`, { path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.listen(0, options.address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    host: `${options.address}:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The page that a gateway shows when nobody is behind it. */
export function answerBadGateway(response: ServerResponse): true {
  response.writeHead(502, { 'content-type': 'text/html' });
  response.end('<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>');
  return true;
}
