import { join } from 'node:path';
import type { Argv } from '@slipway/effects/exec';
import { readTextIfThere } from '@slipway/effects/files';
import { isDigest } from '@slipway/kernel/digest';
import { isObject, parseJson } from '@slipway/kernel/json';
import type { Destination, ImageWish } from '../wish.ts';
import { type Builder, type BuildStep, commonFlags, type Probed, type ProbeSite, probe } from './builder.ts';
import { digestInPush, dockerPush, firstName } from './docker.ts';

const METADATA = 'metadata.json';

/** BuildKit by docker's plug-in: in the engine (driver docker), or in a daemon of its own (every other driver). */
export async function probeBuildx(site: ProbeSite): Promise<Probed> {
  const [version, instance] = await Promise.all([
    probe(['docker', 'buildx', 'version'], site),
    probe(['docker', 'buildx', 'inspect'], site),
  ]);
  if ('missing' in version) return version;
  if ('missing' in instance) return instance;
  const { driver, problem } = readInstance(instance.stdout);
  if (problem !== undefined) return { missing: `its builder does not answer: ${problem}` };
  return buildxBuilder(version.stdout.split(' ')[1] ?? 'of unknown version', driver);
}

/** The lines of `docker buildx inspect` that say whether this builder is alive. */
export function readInstance(text: string): { readonly driver: string; readonly problem: string | undefined } {
  const value = (name: string): string | undefined => new RegExp(`^${name}: *(\\S.*)$`, 'm').exec(text)?.[1];
  const driver = value('Driver') ?? '';
  // a builder in a container that is not running is started by the build; a daemon elsewhere is not
  const isGone = driver === 'remote' && value('Status') !== 'running';
  return {
    driver,
    problem: value('Error') ?? (isGone ? `nothing at ${value('Endpoint') ?? 'its address'}` : undefined),
  };
}

export function buildxBuilder(version: string, driver: string): Builder {
  const inEngine = driver === 'docker';
  return {
    name: 'buildx',
    title: `buildx ${version}, driver ${driver}`,
    can: { platforms: inEngine ? 'one' : 'many' },
    pushes: inEngine ? 'first tag' : 'digest',
    logins: 'docker',
    environment: (env) => env,
    steps: inEngine ? stepsInEngine : stepsElsewhere,
    pushedDigest: async (stdout, scratch) =>
      inEngine ? digestInPush(stdout) : digestInMetadata(await readTextIfThere(join(scratch, METADATA))),
  };
}

/** The engine cannot push by digest, so it keeps the image, and pushes it like any other. */
function stepsInEngine(wish: ImageWish, destination: Destination): readonly BuildStep[] {
  return [
    { does: 'build', argv: [...build(wish), '--load', '--tag', firstName(destination), wish.context] },
    { does: 'push', argv: dockerPush(destination) },
  ];
}

function stepsElsewhere(wish: ImageWish, destination: Destination, scratch: string): readonly BuildStep[] {
  const { registry, path, plainHttp } = destination;
  const output = [
    'type=image',
    `name=${registry}/${path}`,
    'push-by-digest=true',
    'name-canonical=true',
    'push=true',
    ...(plainHttp ? ['registry.insecure=true'] : []),
  ];
  const flags = ['--output', output.join(','), '--metadata-file', join(scratch, METADATA)];
  return [{ does: 'build and push', argv: [...build(wish), ...flags, wish.context] }];
}

function build(wish: ImageWish): Argv {
  const platforms = wish.platforms.length === 0 ? [] : ['--platform', wish.platforms.join(',')];
  // with provenance even the image of one platform would become an index
  const flags = ['--progress', 'plain', '--provenance=false', ...platforms];
  return ['docker', 'buildx', 'build', ...flags, ...commonFlags(wish)];
}

function digestInMetadata(text: string | undefined): ReturnType<typeof digestInPush> {
  const metadata = parseJson(text ?? '');
  const digest = isObject(metadata) ? metadata['containerimage.digest'] : undefined;
  return isDigest(digest) ? digest : undefined;
}
