import type { Argv } from '@slipway/effects/exec';
import { type Digest, isDigest } from '@slipway/kernel/digest';
import { formatReference } from '../reference.ts';
import type { Destination } from '../wish.ts';
import { type Builder, commonFlags, type Probed, type ProbeSite, probe } from './builder.ts';

/** The engine's own builder, which every docker client has; it goes without BuildKit. */
export async function probeDocker(site: ProbeSite): Promise<Probed> {
  const engine = await probe(['docker', 'version', '--format', '{{.Server.Version}}'], site);
  return 'missing' in engine ? engine : dockerBuilder(engine.stdout.trim());
}

export function dockerBuilder(version: string): Builder {
  return {
    name: 'docker',
    title: `docker ${version}`,
    can: { platforms: 'none' },
    pushes: 'first tag',
    logins: 'docker',
    environment: (env) => ({ ...env, DOCKER_BUILDKIT: '0' }),
    steps: (wish, destination) => [
      {
        does: 'build',
        argv: ['docker', 'build', '--tag', firstName(destination), ...commonFlags(wish), wish.context],
      },
      { does: 'push', argv: dockerPush(destination) },
    ],
    pushedDigest: (stdout) => Promise.resolve(digestInPush(stdout)),
  };
}

/** The name under which the engine keeps the image until it is pushed. */
export function firstName({ registry, path, tags }: Destination): string {
  return formatReference({ registry, path, tag: tags[0] });
}

export function dockerPush(destination: Destination): Argv {
  return ['docker', 'push', firstName(destination)];
}

/** `v1: digest: sha256:... size: 528`, the last line of `docker push`. */
export function digestInPush(stdout: string): Digest | undefined {
  return [...stdout.matchAll(/digest: (\S+) size: \d+/g)].map(([, digest]) => digest).findLast(isDigest);
}
