import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Daemon, startDaemon, until } from './daemon.ts';
import { enter } from './machine.ts';
import { CONTROL_ADDRESS } from './network.ts';
import type { Site } from './site.ts';

const PORT = 5055;

/** On our loopback, which builders accept without TLS; images are named by it, also in the cluster. */
export const PUSH_ADDRESS = `127.0.0.1:${PORT}`;
/** The same registry for the nodes. */
export const PULL_URL = `http://${CONTROL_ADDRESS}:${PORT}`;

/** Two servers over one store: one on our loopback, one in the lab's network. They answer when this resolves. */
export async function startRegistry({ lab, folder }: Site): Promise<readonly Daemon[]> {
  await mkdir(join(folder, 'images'), { recursive: true });
  const start = async (name: string, address: string, inOurNetwork: boolean): Promise<Daemon> => {
    const config = join(folder, `${name}.yaml`);
    await writeFile(config, registryConfig(join(folder, 'images'), address));
    const namespaces = inOurNetwork ? (['mount', 'pid'] as const) : (['net', 'mount', 'pid'] as const);
    return startDaemon(name, enter(lab, ['docker-registry', 'serve', config], namespaces), folder);
  };
  const daemons = [
    await start('registry-push', PUSH_ADDRESS, true),
    await start('registry-pull', `${CONTROL_ADDRESS}:${PORT}`, false),
  ];
  for (const url of [`http://${PUSH_ADDRESS}`, PULL_URL]) {
    await until(`the registry answers on ${url}`, daemons, () => answers(`${url}/v2/`));
  }
  return daemons;
}

async function answers(url: string): Promise<boolean> {
  return await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

function registryConfig(store: string, address: string): string {
  return `version: 0.1
log:
  level: warn
  accesslog:
    disabled: true
storage:
  filesystem:
    rootdirectory: ${store}
  delete:
    enabled: true
http:
  addr: ${address}
`;
}
