import { dirname } from 'node:path';
import { listFolder, readText, statIfThere } from '@slipway/effects/files';
import { realPathIfThere } from '@slipway/effects/tree';
import { type Problem, UserError } from '@slipway/kernel/errors';
import type { Repository } from './reference.ts';

/** What is to be built. */
export interface ImageWish {
  /** The absolute path of the folder that the build sees. */
  readonly context: string;
  /** The absolute path of the Dockerfile. */
  readonly file: string;
  /** `NAME=value` each. They end in the history of the image, so they are no place for secrets. */
  readonly buildArgs: readonly string[];
  /** The stage to build; default: the last. */
  readonly target?: string | undefined;
  /** `key=value` each. */
  readonly labels: readonly string[];
  /** `os/arch[/variant]` each; none = that of the builder. */
  readonly platforms: readonly string[];
}

/** Where it goes. */
export interface Destination extends Repository {
  /** At least one. */
  readonly tags: readonly [string, ...string[]];
  /** Speak HTTP without TLS also with a registry that is not on this machine. */
  readonly plainHttp: boolean;
}

type Given = { readonly [K in 'buildArgs' | 'labels' | 'platforms']?: readonly string[] | undefined };

const RULES = [
  { key: 'buildArgs', input: 'build-args', form: /^[A-Za-z_]\w*=/, allowed: 'NAME=value' },
  { key: 'labels', input: 'labels', form: /^[^\s=]+=/, allowed: 'key=value, without spaces in the key' },
  {
    key: 'platforms',
    input: 'platforms',
    form: /^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9]+)?$/,
    allowed: 'os/architecture, like linux/amd64',
  },
] as const;

/** The lines of the inputs that have another form than they should. */
export function wishProblems(given: Given): readonly Problem[] {
  return RULES.flatMap(({ key, input, form, allowed }) =>
    (given[key] ?? [])
      .filter((line) => !form.test(line))
      .map((line) => ({ what: `Input "${input}" has a line that cannot be used.`, got: line, allowed })),
  );
}

/** Makes sure, before anything is built, that there is something to build. */
export async function checkSources({ context, file }: Pick<ImageWish, 'context' | 'file'>): Promise<void> {
  const folder = await realPathIfThere(context);
  if (folder === undefined)
    throw unusable(`There is no folder ${context} to build in.`, 'context: the folder to build in');
  if ((await statIfThere(folder))?.isDirectory() !== true) {
    throw unusable(`${context} is to be built in, and is no folder.`, `context: ${dirname(context)}`);
  }
  const names = await listFolder(context).catch((cause: unknown) => {
    throw unusable(`The folder ${context} cannot be read.`, 'let the user of the runner read it', cause);
  });
  if ((await realPathIfThere(file)) === undefined) {
    const near = names.filter((name) => /dockerfile|containerfile/i.test(name));
    throw unusable(`There is no Dockerfile ${file}.`, `file: ${near[0] ?? 'its path, seen from the context'}`);
  }
  await readText(file).catch((cause: unknown) => {
    throw unusable(`The Dockerfile ${file} cannot be read.`, 'let the user of the runner read it', cause);
  });
}

function unusable(what: string, fix: string, cause?: unknown): UserError {
  return new UserError({ what, fix }, cause === undefined ? {} : { cause });
}
