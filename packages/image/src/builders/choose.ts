import { type Problem, UserError } from '@slipway/kernel/errors';
import type { ImageWish } from '../wish.ts';
import { probeBuildah } from './buildah.ts';
import { BUILDER_NAMES, type Builder, type BuilderName, type Probed, type ProbeSite } from './builder.ts';
import { probeBuildx } from './buildx.ts';
import { probeDocker } from './docker.ts';

export interface Chosen {
  readonly builder: Builder;
  /** Half a sentence, for people. */
  readonly because: string;
}

const PROBES = { buildx: probeBuildx, docker: probeDocker, buildah: probeBuildah } as const satisfies Record<
  BuilderName,
  (site: ProbeSite) => Promise<Probed>
>;

/** The builder that was asked for, or for `auto` the first in the order of BUILDER_NAMES that can fulfil the wish. */
export async function chooseBuilder(
  wanted: 'auto' | BuilderName,
  wish: Pick<ImageWish, 'platforms'>,
  site: ProbeSite,
): Promise<Chosen> {
  const passedOver: string[] = [];
  for (const name of wanted === 'auto' ? BUILDER_NAMES : [wanted]) {
    const probed = await PROBES[name](site);
    const refusal = 'missing' in probed ? probed.missing : refusalOf(probed, wish);
    if (refusal === undefined) return { builder: probed as Builder, because: reason(wanted, passedOver) };
    passedOver.push(`no ${name}, since ${refusal}`);
  }
  throw new UserError(nobody(wanted, passedOver));
}

/** What a builder cannot do of what is wished, in words. */
export function refusalOf({ title, can }: Builder, { platforms }: Pick<ImageWish, 'platforms'>): string | undefined {
  if (platforms.length === 0 || can.platforms === 'many') return undefined;
  if (can.platforms === 'none') return `${title} builds only for its own platform here`;
  return platforms.length === 1 ? undefined : `${title} builds for one platform at a time`;
}

function reason(wanted: 'auto' | BuilderName, passedOver: readonly string[]): string {
  if (wanted !== 'auto') return 'it was asked for';
  return passedOver.length === 0 ? 'the best of all, and it is here' : passedOver.join('; ');
}

function nobody(wanted: 'auto' | BuilderName, passedOver: readonly string[]): Problem {
  if (wanted !== 'auto') {
    return {
      what: `The builder "${wanted}" cannot build this image here.`,
      got: passedOver.join('\n'),
      fix: SETUP[wanted],
    };
  }
  return {
    what: 'No builder on this machine can build this image.',
    got: passedOver.join('\n           '),
    fix: SETUP.buildx,
  };
}

const SETUP: Readonly<Record<BuilderName, string>> = {
  buildx: '- uses: docker/setup-buildx-action@v3 in a step before, or another builder',
  docker: 'start the engine, or set DOCKER_HOST to one that runs; or another builder',
  buildah: 'apt-get install -y buildah; or another builder',
};
