import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { guarded } from '@slipway/effects/exec';
import { systemExec } from '@slipway/effects/exec-real';
import { freePort } from './free-port.ts';

export interface RegistryAccount {
  readonly username: string;
  readonly password: string;
  /** What `htpasswd -Bbn -C 5 <username> <password>` prints: a cheap bcrypt, since each request pays for it. */
  readonly htpasswd: string;
}

/** So that tests need no bcrypt of their own. */
export const ANN: RegistryAccount = {
  username: 'ann',
  password: 'secret-of-ann',
  htpasswd: 'ann:$2b$05$knY/tIDIfnyXhJbwM7Ui6OtJP/uQ/zj06qdrWXNK2tFl0WqtLuNhS',
};

export interface RegistryOptions {
  /** A loopback address of the caller's own range. */
  readonly address: string;
  /** Holds images, configuration and log. */
  readonly folder: string;
  /** Who may use it; default: everybody. */
  readonly account?: RegistryAccount;
}

export interface RunningRegistry extends AsyncDisposable {
  /** `address:port`, as in an image's name. */
  readonly host: string;
}

/** Debian's docker-registry on a free port; it ends with the test process, however that ends. */
export async function startRegistry(options: RegistryOptions): Promise<RunningRegistry> {
  const host = `${options.address}:${await freePort(options.address)}`;
  const config = join(options.folder, 'registry.json');
  const passwords = join(options.folder, 'htpasswd');
  if (options.account !== undefined) await writeFile(passwords, `${options.account.htpasswd}\n`);
  // JSON is YAML
  await writeFile(
    config,
    JSON.stringify({
      version: '0.1',
      log: { level: 'error', accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(options.folder, 'images') } },
      http: { addr: host },
      ...(options.account === undefined ? {} : { auth: { htpasswd: { realm: 'test', path: passwords } } }),
    }),
  );
  const child = systemExec.start({ argv: guarded(['docker-registry', 'serve', config]) });
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const ended = child.finished.then(() => 'ended' as const);
  while (!(await answers(`http://${host}/v2/`))) {
    if ((await Promise.race([ended, sleep(20)])) === 'ended') {
      throw new Error(`docker-registry did not start:\n${Buffer.concat(said).toString('utf8')}`);
    }
  }
  return {
    host,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await child.finished;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  return await fetch(url).then(
    ({ status }) => status === 200 || status === 401,
    () => false,
  );
}
