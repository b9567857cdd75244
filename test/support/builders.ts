import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Argv, guarded } from '@slipway/effects/exec';
import { systemExec } from '@slipway/effects/exec-real';

/** A builder's daemon: it ends with the test process, however that ends. */
export interface RunningDaemon extends AsyncDisposable {
  /** A `unix://` address. */
  readonly address: string;
}

/** A docker engine of our own, without networks but the bridge: images, containers and socket lie in the folder. Wants root. */
export async function startDockerEngine(folder: string, bridge = 'none'): Promise<RunningDaemon> {
  const at = (name: string): string => join(folder, name);
  const address = `unix://${at('docker.sock')}`;
  const argv: Argv = [
    'dockerd',
    `--host=${address}`,
    `--data-root=${at('data')}`,
    `--exec-root=${at('exec')}`,
    `--pidfile=${at('docker.pid')}`,
    '--iptables=false',
    `--bridge=${bridge}`,
  ];
  return await startDaemon(argv, address, async () => {
    const asked = await systemExec.run({ argv: ['docker', `--host=${address}`, 'version'], keepBytes: 1_000 });
    return asked.code === 0;
  });
}

/** BuildKit's own daemon, for buildx's driver "remote". Wants root. */
export async function startBuildkitd(program: string, folder: string): Promise<RunningDaemon> {
  const socket = join(folder, 'buildkit.sock');
  const config = join(folder, 'buildkitd.toml');
  writeFileSync(config, `root = "${join(folder, 'root')}"\n[worker.oci]\nnetworkMode = "host"\nbinary = "runc"\n`);
  const argv: Argv = [program, '--config', config, '--addr', `unix://${socket}`, '--containerd-worker=false'];
  return await startDaemon(argv, `unix://${socket}`, () => existsSync(socket));
}

/** A configuration of docker's client in which nothing is but the plug-in. */
export function dockerConfig(folder: string, buildx: string | undefined): Readonly<Record<string, string>> {
  mkdirSync(join(folder, 'cli-plugins'), { recursive: true });
  if (buildx !== undefined) symlinkSync(buildx, join(folder, 'cli-plugins', 'docker-buildx'));
  return { DOCKER_CONFIG: folder };
}

async function startDaemon(
  argv: Argv,
  address: string,
  isUp: () => Promise<boolean> | boolean,
): Promise<RunningDaemon> {
  const child = systemExec.start({ argv: guarded(argv) });
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const ended = child.finished.then(() => 'ended' as const);
  while (!(await isUp())) {
    if ((await Promise.race([ended, sleep(50)])) === 'ended') {
      throw new Error(`${argv[0]} did not start:\n${Buffer.concat(said).toString('utf8')}`);
    }
  }
  return {
    address,
    async [Symbol.asyncDispose]() {
      // gently, since it holds mounts
      child.stdin.end();
      await child.finished;
    },
  };
}
