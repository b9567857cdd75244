import type { Argv, Exec, Finished } from '@slipway/effects/exec';
import type { Digest } from '@slipway/kernel/digest';
import { messageOf, UserError } from '@slipway/kernel/errors';
import type { Destination, ImageWish } from '../wish.ts';

export type Env = Readonly<Record<string, string | undefined>>;

export const BUILDER_NAMES = ['buildx', 'docker', 'buildah'] as const;
export type BuilderName = (typeof BUILDER_NAMES)[number];

/** What a builder can do beyond building for its own platform. */
export interface Capabilities {
  /** Whether `platforms` may be named: not at all, one, or any number. */
  readonly platforms: 'none' | 'one' | 'many';
}

/** One command. What pushes may be done again; what only builds is done once. */
export interface BuildStep {
  readonly does: 'build' | 'push' | 'build and push';
  readonly argv: Argv;
}

/** A program that is here, starts, and makes images from a Dockerfile. Everything in it is a value. */
export interface Builder {
  readonly name: BuilderName;
  /** With its version, for people. */
  readonly title: string;
  readonly can: Capabilities;
  /** What its push leaves in the registry: the image by its digest alone, or under the first tag. */
  readonly pushes: 'digest' | 'first tag';
  /** Whose form of configuration file it reads logins from. */
  readonly logins: 'docker' | 'containers';
  /** The environment of its commands, from that of the run. */
  environment(env: Env): Env;
  /** `scratch` is a private folder for what its programs tell by files. */
  steps(wish: ImageWish, destination: Destination, scratch: string): readonly BuildStep[];
  /** The digest of the manifest that was pushed, from what the last step printed or wrote. */
  pushedDigest(stdout: string, scratch: string): Promise<Digest | undefined>;
}

export interface ProbeSite {
  readonly exec: Exec;
  readonly env: Env;
  readonly signal?: AbortSignal;
}

/** A builder, or why there is none. */
export type Probed = Builder | { readonly missing: string };

const PROBE_MS = 30_000;
const SHOWN_LINES = 3;

/** Asks a program something. Its failing, and its not being there, are answers. */
export async function probe(
  argv: Argv,
  { exec, env, signal }: ProbeSite,
): Promise<Finished | { readonly missing: string }> {
  try {
    const asked = await exec.run({ argv, env, timeoutMs: PROBE_MS, ...(signal === undefined ? {} : { signal }) });
    return asked.code === 0 ? asked : { missing: `"${argv.join(' ')}" says: ${firstWords(asked)}` };
  } catch (cause) {
    if (!(cause instanceof UserError) || signal?.aborted === true) throw cause;
    return { missing: messageOf(cause) };
  }
}

function firstWords({ stdout, stderr, timedOut }: Finished): string {
  if (timedOut) return `nothing within ${PROBE_MS / 1_000} s`;
  const lines = `${stderr}\n${stdout}`.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .slice(0, SHOWN_LINES)
    .join(' ');
}

/** Flags that all builders understand the same way. */
export function commonFlags(wish: ImageWish): readonly string[] {
  return [
    '--file',
    wish.file,
    ...wish.buildArgs.flatMap((each) => ['--build-arg', each]),
    ...(wish.target === undefined ? [] : ['--target', wish.target]),
    ...wish.labels.flatMap((each) => ['--label', each]),
  ];
}
