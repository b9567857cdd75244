import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * The origin of a server as seen from afar: what either side sends, its end included, arrives `awayMs` later. On one
 * machine a request and the server's close hardly ever cross on the way; between users and a cluster they do.
 */
export async function openDistantLine(origin: string, awayMs: number): Promise<string> {
  const { hostname, port } = new URL(origin);
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = connect({ host: hostname, port: Number(port || 80), allowHalfOpen: true, noDelay: true });
    carry(near, far, awayMs);
    carry(far, near, awayMs);
  });
  // whoever opened it decides how long it is needed
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Timers of one length fire in the order in which they were set, so nothing overtakes. */
function carry(from: Socket, to: Socket, awayMs: number): void {
  from.on('data', (chunk: Buffer) => setTimeout(() => to.write(chunk), awayMs));
  from.on('end', () => setTimeout(() => to.end(), awayMs));
  from.on('error', () => setTimeout(() => to.resetAndDestroy(), awayMs));
}
