import { once } from 'node:events';
import { createServer } from 'node:net';

/** `preferred`, or the first of a few higher ports that is free on every one of the addresses. */
export async function choosePort(addresses: readonly string[], preferred: number): Promise<number> {
  const candidates = [0, 1, 2, 3, 4, 5].map((step) => preferred + step * 1_111);
  for (const port of candidates) if ((await takenAddress(addresses, port)) === undefined) return port;
  throw new Error(`Each of the ports ${candidates.join(', ')} is taken on one of ${addresses.join(', ')}: ss -ltnp`);
}

/** The first of the addresses where something listens on the port already, or undefined. */
export async function takenAddress(addresses: readonly string[], port: number): Promise<string | undefined> {
  for (const address of addresses) if (!(await isFree(address, port))) return address;
  return undefined;
}

async function isFree(address: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ host: address, port, exclusive: true });
    await once(server, 'listening');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw cause;
  }
  server.close();
  await once(server, 'close');
  return true;
}
