import { dirname, join } from 'node:path';
import type { Exec } from '@slipway/effects/exec';
import { statIfThere } from '@slipway/effects/files';
import { type Env, type Git, gitIn } from './git.ts';
import { gitEnvironment, trusting } from './git-config.ts';
import { plainAddress } from './repository.ts';

/** What git says of a commit in a repository that is already on this machine. */
export interface WorkTree {
  readonly commit: string;
  /** RFC 3339 in UTC. */
  readonly commitTime: string;
  /** The full name of the branch or tag that is checked out, else of the commit's tag, else the commit itself. */
  readonly ref: string;
  /** `git describe --tags`, else the first 12 digits of the commit. */
  readonly describe: string;
  /** Where it was cloned from: `owner/name` on the workflow's own server, else an address without credentials. */
  readonly repository: string | undefined;
}

export interface WorkTreePorts {
  readonly exec: Exec;
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The facts of a commit (default: the one checked out), from the repository that `folder` lies in; undefined when it
 * lies in none, or when that one does not have the commit.
 */
export async function describeWorkTree(
  folder: string,
  wanted: string | undefined,
  { exec, env, signal }: WorkTreePorts,
): Promise<WorkTree | undefined> {
  const root = await repositoryAround(folder);
  if (root === undefined) return undefined;
  const git = gitIn({ exec, folder: root, env: gitEnvironment(env, [trusting(root)]), signal });
  if (!(await git.holds('rev-parse', '--verify', '--quiet', `${wanted ?? 'HEAD'}^{commit}`))) return undefined;
  const commit = await git.read('rev-parse', '--verify', `${wanted ?? 'HEAD'}^{commit}`);
  const seconds = Number(await git.read('show', '--no-patch', '--format=%ct', commit));
  return {
    commit,
    commitTime: new Date(seconds * 1000).toISOString().replace('.000Z', 'Z'),
    ref: await refOf(git, commit),
    describe: await git.read('describe', '--tags', '--always', '--abbrev=12', commit),
    repository: await originOf(git, env.GITHUB_SERVER_URL ?? 'https://github.com'),
  };
}

/** The nearest folder upwards that holds a `.git`: a folder, or in a linked work tree a file. */
async function repositoryAround(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    if ((await statIfThere(join(at, '.git'))) !== undefined) return at;
    if (at === dirname(at)) return undefined;
  }
}

async function refOf(git: Git, commit: string): Promise<string> {
  const isHead = (await git.read('rev-parse', 'HEAD')) === commit;
  if (isHead && (await git.holds('symbolic-ref', '--quiet', 'HEAD'))) return await git.read('symbolic-ref', 'HEAD');
  const exact = ['describe', '--tags', '--exact-match', commit] as const;
  return (await git.holds(...exact)) ? `refs/tags/${await git.read(...exact)}` : commit;
}

async function originOf(git: Git, server: string): Promise<string | undefined> {
  if (!(await git.holds('config', '--get', 'remote.origin.url'))) return undefined;
  const address = plainAddress(await git.read('config', '--get', 'remote.origin.url'));
  const { origin, host } = new URL(server);
  const own = [`${origin}/`, `git@${host}:`, `ssh://git@${host}/`].find((prefix) => address.startsWith(prefix));
  return own === undefined ? address : address.slice(own.length);
}
