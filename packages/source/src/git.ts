import type { Exec, Finished } from '@slipway/effects/exec';
import { UserError, userError } from '@slipway/kernel/errors';
import { explainGit } from './git-errors.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** Git in one folder. */
export interface Git {
  /** The standard output, without its last line end; a failure is a UserError. */
  read(...args: readonly string[]): Promise<string>;
  /** Whether it ended with status 0. */
  holds(...args: readonly string[]): Promise<boolean>;
}

export interface GitOptions {
  readonly exec: Exec;
  readonly folder: string;
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
}

export function gitIn({ exec, folder, env, signal }: GitOptions): Git {
  async function run(args: readonly string[]): Promise<Finished> {
    try {
      return await exec.run({ argv: ['git', ...args], cwd: folder, env, ...(signal === undefined ? {} : { signal }) });
    } catch (cause) {
      if (!(cause instanceof UserError)) throw cause;
      throw userError(
        'git is not on this machine.',
        'install it (apt-get install -y git), or take a runner image that has it',
        cause,
      );
    }
  }

  return {
    async read(...args) {
      const finished = await run(args);
      if (finished.code !== 0) throw explainGit(args, finished);
      return finished.stdout.replace(/\n$/, '');
    },
    holds: async (...args) => (await run(args)).code === 0,
  };
}
