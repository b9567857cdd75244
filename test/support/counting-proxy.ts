import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

interface Address {
  readonly address: string;
  readonly port: number;
}

/** A TCP proxy that counts, for who has to know how much went where. */
export interface CountingProxy extends AsyncDisposable {
  readonly connections: () => number;
  /** Bytes from clients to the server behind, since the last call. */
  taken(): number;
  /** From now on the next connection breaks on both sides once so many more bytes went to the server. */
  cutAfter(bytes: number): void;
}

export async function startCountingProxy(at: Address, to: Address): Promise<CountingProxy> {
  const open = new Set<Socket>();
  let connections = 0;
  let counted = 0;
  let left = Number.POSITIVE_INFINITY;
  const server = createServer((client) => {
    connections += 1;
    const behind = connect(to.port, to.address);
    const end = (): void => {
      client.destroy();
      behind.destroy();
    };
    for (const socket of [client, behind]) {
      open.add(socket);
      socket.on('error', end).on('close', () => open.delete(socket));
    }
    client.on('data', (chunk: Buffer) => {
      counted += chunk.length;
      left -= chunk.length;
      if (left > 0) return;
      left = Number.POSITIVE_INFINITY;
      end();
    });
    client.pipe(behind);
    behind.pipe(client);
  });
  server.listen(at.port, at.address);
  await once(server, 'listening');
  return {
    connections: () => connections,
    taken() {
      const bytes = counted;
      counted = 0;
      return bytes;
    },
    cutAfter(bytes) {
      left = bytes;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
