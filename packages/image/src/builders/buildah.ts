import { join } from 'node:path';
import { readTextIfThere } from '@slipway/effects/files';
import { isDigest } from '@slipway/kernel/digest';
import { isLoopback } from '../registry-session.ts';
import { type Builder, commonFlags, type Probed, type ProbeSite, probe } from './builder.ts';
import { firstName } from './docker.ts';

const DIGEST = 'pushed-digest';

/** Builds without any daemon, also as an ordinary user. */
export async function probeBuildah(site: ProbeSite): Promise<Probed> {
  const version = await probe(['buildah', 'version'], site);
  if ('missing' in version) return version;
  return buildahBuilder(/^Version: *(\S+)/m.exec(version.stdout)?.[1] ?? 'of unknown version');
}

export function buildahBuilder(version: string): Builder {
  return {
    name: 'buildah',
    title: `buildah ${version}`,
    can: { platforms: 'none' },
    pushes: 'first tag',
    logins: 'containers',
    // the one isolation that also works in containers; where images are kept is the business of storage.conf
    environment: (env) => ({ ...env, BUILDAH_ISOLATION: env.BUILDAH_ISOLATION ?? 'chroot' }),
    steps(wish, destination, scratch) {
      const name = firstName(destination);
      const isPlain = destination.plainHttp || isLoopback(destination.registry);
      const tls = isPlain ? ['--tls-verify=false'] : [];
      return [
        { does: 'build', argv: ['buildah', 'build', '--tag', name, ...commonFlags(wish), wish.context] },
        {
          does: 'push',
          argv: ['buildah', 'push', ...tls, '--digestfile', join(scratch, DIGEST), name, `docker://${name}`],
        },
      ];
    },
    async pushedDigest(_stdout, scratch) {
      const digest = (await readTextIfThere(join(scratch, DIGEST)))?.trim();
      return isDigest(digest) ? digest : undefined;
    },
  };
}
