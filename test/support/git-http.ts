import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface GitHttpServer extends AsyncDisposable {
  /** `http://127.0.32.x:port`, without a slash at the end. */
  readonly url: string;
  /** The Authorization header of each request so far. */
  readonly authorizations: readonly (string | undefined)[];
}

/** The repositories below a folder over git's own smart HTTP; with a token they are private. */
export async function startGitHttp(root: string, options: { token?: string } = {}): Promise<GitHttpServer> {
  const authorizations: (string | undefined)[] = [];
  const wanted =
    options.token === undefined
      ? undefined
      : `basic ${Buffer.from(`x-access-token:${options.token}`).toString('base64')}`;
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    authorizations.push(authorization);
    if (wanted !== undefined && authorization !== wanted) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    } else {
      serve(root, request, response);
    }
  }).listen(0, '127.0.32.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.32.1:${(server.address() as AddressInfo).port}`,
    authorizations,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** `git http-backend` is a CGI program: request in, headers and body out. */
function serve(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://git');
  const child = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REQUEST_METHOD: request.method,
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
    },
  });
  request.pipe(child.stdin);
  let head = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (response.headersSent) return void response.write(chunk);
    head += chunk.toString('latin1');
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return;
    const headers = Object.fromEntries(
      head
        .slice(0, end)
        .split('\r\n')
        .map((line) => line.split(': ', 2) as [string, string]),
    );
    response.writeHead(Number.parseInt(headers.Status ?? '200', 10), headers);
    response.write(Buffer.from(head.slice(end + 4), 'latin1'));
  });
  child.on('close', () => response.end());
}
