import { cp, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { guarded } from '@slipway/effects/exec';
import { systemExec } from '@slipway/effects/exec-real';

const FIXTURE = fileURLToPath(new URL('../fixtures/node-app', import.meta.url));

export interface Shop {
  /** SIGKILL: what it was serving is lost. Resolves when it is gone. */
  kill(): Promise<void>;
}

/** Makes a folder a release of the Node shop. */
export async function makeShop(folder: string, version: string): Promise<void> {
  await cp(FIXTURE, folder, { recursive: true });
  await writeFile(`${folder}/VERSION`, version);
}

/** Runs such a folder; resolves when it listens. It ends with our process, however that ends. */
export async function startShop(folder: string, address: string, port: number): Promise<Shop> {
  const child = systemExec.start({
    argv: guarded([process.execPath, `${folder}/main.mjs`]),
    env: { ...process.env, HOST: address, PORT: String(port) },
  });
  const output: string[] = [];
  const listens = new Promise<true>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => {
        output.push(String(text));
        if (output.join('').includes('listens on')) resolve(true);
      });
    }
  });
  const up = await Promise.race([listens, child.finished.then(() => false)]);
  if (!up) throw new Error(`the shop did not start:\n${output.join('')}`);
  return {
    async kill() {
      child.kill('SIGKILL');
      await child.finished;
    },
  };
}
