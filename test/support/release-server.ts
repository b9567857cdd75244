import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

/** What comes of one request for the bytes. */
export type Fate =
  /** As a good server: whole, or from the byte that is asked for. */
  | { readonly kind: 'serve' }
  /** The connection breaks after so many bytes of the body. */
  | { readonly kind: 'cut'; readonly after: number }
  /** Ranges are ignored: always whole. */
  | { readonly kind: 'whole' }
  | { readonly kind: 'answer'; readonly status: number; readonly body?: string; readonly location?: string }
  /** More and more bytes. */
  | { readonly kind: 'endless' };

export interface ReleaseServer extends AsyncDisposable {
  /** `http://address:port` */
  readonly origin: string;
  readonly requests: readonly IncomingMessage[];
  /** Bytes of bodies that were handed to connections. */
  sent(): number;
  /** Arguments and environments of the processes of this machine, as they were during the requests. */
  seen(): readonly SeenProcess[];
  /** Nothing listens any more. */
  stop(): Promise<void>;
}

/** An HTTP server with the bytes of one release, for what goes right and wrong on the way to a host. */
export async function startReleaseServer(
  address: string,
  bytes: Buffer,
  fateOf: (request: IncomingMessage, number: number) => Fate = () => ({ kind: 'serve' }),
  wantedPort = 0,
): Promise<ReleaseServer> {
  const requests: IncomingMessage[] = [];
  let sent = 0;
  const seen: SeenProcess[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    seen.push(...processes());
    answer(request, response, fateOf(request, requests.length));
  });
  server.listen(wantedPort, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return {
    origin: `http://${address}:${port}`,
    requests,
    sent: () => sent,
    seen: () => seen,
    stop,
    [Symbol.asyncDispose]: stop,
  };

  function answer(request: IncomingMessage, response: ServerResponse, fate: Fate): void {
    switch (fate.kind) {
      case 'answer': {
        const { status, body = '', location } = fate;
        response.writeHead(status, location === undefined ? {} : { location });
        response.end(body);
        return;
      }
      case 'endless': {
        response.writeHead(200);
        Readable.from(noise())
          .on('error', () => {})
          .pipe(response);
        return;
      }
      case 'whole':
        response.writeHead(200, { 'content-length': bytes.length });
        give(response, bytes, bytes.length);
        return;
      case 'serve':
      case 'cut': {
        const [, from = '', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
        const start = Number(from);
        if (start >= bytes.length) {
          response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
          return;
        }
        const rest = bytes.subarray(start, to === '' ? bytes.length : Number(to) + 1);
        const range = `bytes ${start}-${start + rest.length - 1}/${bytes.length}`;
        response.writeHead(from === '' ? 200 : 206, { 'content-length': rest.length, 'content-range': range });
        give(response, rest, fate.kind === 'cut' ? fate.after : rest.length);
      }
    }
  }

  function give(response: ServerResponse, all: Buffer, count: number): void {
    const part = all.subarray(0, count);
    sent += part.length;
    if (part.length === all.length) response.end(part);
    // Once it is in the kernel's hands, which brings it over before the end of the connection.
    else response.write(part, () => response.socket?.end());
  }
}

function* noise(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(64 * 1024);
}

export interface SeenProcess {
  readonly argv: readonly string[];
  readonly environ: string;
}

function processes(): readonly SeenProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ argv: read(`/proc/${pid}/cmdline`).split('\0'), environ: read(`/proc/${pid}/environ`) }));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // It ended meanwhile.
    return '';
  }
}
