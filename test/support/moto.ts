import { setTimeout as sleep } from 'node:timers/promises';
import { guarded } from '@slipway/effects/exec';
import { systemExec } from '@slipway/effects/exec-real';
import { freePort } from './free-port.ts';
import { requirePart, type Skippable } from './require.ts';

/** A server that speaks S3, without looking at signatures in URLs; it ends with the test process, however that ends. */
export interface RunningMoto extends AsyncDisposable {
  /** What a workflow would set to use it. */
  readonly env: Readonly<Record<string, string>>;
  /** An object, its key encoded as in a URL; buckets come by themselves. */
  put(bucket: string, key: string, bytes: Uint8Array): Promise<void>;
}

export async function startMoto(t: Skippable, address: string): Promise<RunningMoto | undefined> {
  const program = requirePart(t, 'moto_server');
  if (program === undefined) return undefined;
  const port = await freePort(address);
  const origin = `http://${address}:${port}`;
  const child = systemExec.start({ argv: guarded([program, '-H', address, '-p', String(port)]) });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdout.resume();
  const ended = child.finished.then(() => 'ended' as const);
  while (!(await answers(`${origin}/moto-api/`))) {
    if ((await Promise.race([ended, sleep(50)])) === 'ended') throw new Error(`moto_server did not start:\n${said}`);
  }
  return {
    env: {
      AWS_ENDPOINT_URL_S3: origin,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIDOFTHETEST',
      AWS_SECRET_ACCESS_KEY: 'aws5ecre7ofthetest',
    },
    async put(bucket, name, bytes) {
      await put(`${origin}/${bucket}`);
      await put(`${origin}/${bucket}/${name}`, bytes);
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await child.finished;
    },
  };
}

async function put(url: string, body: Uint8Array | null = null): Promise<void> {
  const answer = await fetch(url, { method: 'PUT', body: body === null ? null : Buffer.from(body) });
  if (!answer.ok) throw new Error(`PUT ${url}: ${answer.status} ${await answer.text()}`);
}

async function answers(url: string): Promise<boolean> {
  return await fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}
