import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemExec } from '@slipway/effects/exec-real';
import { requireBuilt } from '../lab/buildkit.ts';
import { dockerConfig, startBuildkitd, startDockerEngine } from './builders.ts';
import type { RegistryAccount } from './registry.ts';
import { requirePart, type Skippable } from './require.ts';
import type { TemporaryFolder } from './temp.ts';

/** A builder that is ready on this machine, as a job finds it. */
export interface ReadyBuilder extends AsyncDisposable {
  /** `env:` of the job. */
  readonly env: Readonly<Record<string, string>>;
}

/** The ways to build that are tried: each real, each with its own daemon, if it has one. */
export const WAYS = ['buildx', 'buildx, own daemon', 'docker', 'buildah'] as const;
export type Way = (typeof WAYS)[number];

/** Starts what a way needs, or skips the test with the reason. */
export async function readyBuilder(t: Skippable, way: Way, dir: TemporaryFolder): Promise<ReadyBuilder | undefined> {
  if (way === 'buildah') return requirePart(t, 'buildah') === undefined ? undefined : await buildah(t, dir);
  if (!isRoot(t) || requirePart(t, 'docker') === undefined) return undefined;
  const buildx = way === 'docker' ? undefined : await requireBuilt(t, 'docker-buildx');
  if (way !== 'docker' && buildx === undefined) return undefined;
  mkdirSync(dir.at('engine'));
  const client = dockerConfig(dir.at('docker'), buildx);
  if (way === 'buildx, own daemon') {
    const buildkitd = requirePart(t, 'runc') === undefined ? undefined : await requireBuilt(t, 'buildkitd');
    if (buildkitd === undefined) return undefined;
    const daemon = await startBuildkitd(buildkitd, dir.at('engine'));
    const create = ['docker', 'buildx', 'create', '--name=own', '--driver=remote', daemon.address] as const;
    await systemExec.run({ argv: create, env: { ...process.env, ...client } });
    const env = { ...client, DOCKER_HOST: 'unix:///nowhere', BUILDX_BUILDER: 'own' };
    return { env, [Symbol.asyncDispose]: () => daemon[Symbol.asyncDispose]() };
  }
  if (requirePart(t, 'dockerd') === undefined) return undefined;
  const engine = await startDockerEngine(dir.at('engine'));
  return {
    env: { ...client, DOCKER_HOST: engine.address },
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}

/** The folder with a Dockerfile of two stages, FROM scratch, that any builder can build without a network. */
export function writeShop(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'shop.txt'), 'the shop\n');
  writeFileSync(
    join(folder, 'Dockerfile'),
    [
      'FROM scratch AS base',
      'COPY shop.txt /shop.txt',
      'FROM base AS shop',
      'ARG VERSION=none',
      'LABEL version=$VERSION',
      'ENTRYPOINT ["/shop"]',
      'FROM base AS other',
      '',
    ].join('\n'),
  );
}

/** What a client of its own sees in a registry, without any code of ours. */
export interface SeenImage {
  readonly digest: string;
  readonly mediaType: string;
  readonly manifest: Readonly<Record<string, unknown>>;
}

/** Reads a tag with a plain GET; undefined when it is not there. */
export async function seenImage(
  host: string,
  name: string,
  tag: string,
  account?: RegistryAccount,
): Promise<SeenImage | undefined> {
  const accept = ['oci.image.manifest.v1', 'oci.image.index.v1', 'docker.distribution.manifest.v2'];
  const answer = await get(`http://${host}/v2/${name}/manifests/${tag}`, account, {
    accept: accept.map((type) => `application/vnd.${type}+json`).join(','),
  });
  if (answer.status === 404) return undefined;
  const bytes = Buffer.from(await answer.arrayBuffer());
  return {
    digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    mediaType: answer.headers.get('content-type') ?? '',
    manifest: JSON.parse(bytes.toString('utf8')) as SeenImage['manifest'],
  };
}

/** The configuration in an image: entry point, labels, architecture. */
export async function seenConfig(
  host: string,
  name: string,
  image: SeenImage,
  account?: RegistryAccount,
): Promise<Readonly<Record<string, unknown>>> {
  const { digest } = image.manifest.config as { readonly digest: string };
  const answer = await get(`http://${host}/v2/${name}/blobs/${digest}`, account);
  return (await answer.json()) as Readonly<Record<string, unknown>>;
}

async function get(url: string, account?: RegistryAccount, headers: Record<string, string> = {}): Promise<Response> {
  const login = Buffer.from(`${account?.username}:${account?.password}`).toString('base64');
  return await fetch(url, {
    headers: { ...headers, ...(account === undefined ? {} : { authorization: `Basic ${login}` }) },
  });
}

/** Images of its own, so that nothing stays behind on this machine. */
async function buildah(t: Skippable, dir: TemporaryFolder): Promise<ReadyBuilder | undefined> {
  const config = dir.at('storage.conf');
  const storage = { driver: 'vfs', graphroot: dir.at('images'), runroot: dir.at('run') };
  const lines = Object.entries(storage).map(([key, value]) => `${key} = "${value}"`);
  writeFileSync(config, `[storage]\n${lines.join('\n')}\n`);
  const env = { CONTAINERS_STORAGE_CONF: config, DOCKER_HOST: 'unix:///nowhere' };
  // an ordinary user needs ranges of user ids for it
  const asked = await systemExec.run({ argv: ['buildah', 'info'], env: { ...process.env, ...env } });
  if (asked.code === 0) return { env, [Symbol.asyncDispose]: () => Promise.resolve() };
  return cannot(t, `buildah does not work here: ${asked.stderr.trim()}`);
}

function isRoot(t: Skippable): boolean {
  if (process.getuid?.() === 0) return true;
  cannot(t, 'only root can start a daemon of its own that builds images');
  return false;
}

function cannot(t: Skippable, reason: string): undefined {
  if (process.env.CI === 'true') throw new Error(reason);
  t.skip(reason);
  return undefined;
}
