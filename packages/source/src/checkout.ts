import type { Exec } from '@slipway/effects/exec';
import { orThrow, userError } from '@slipway/kernel/errors';
import type { Log } from '@slipway/kernel/log';
import { prepareFolder } from './folder.ts';
import { type Env, type Git, gitIn } from './git.ts';
import { authorizing, gitEnvironment, trusting } from './git-config.ts';
import { resolveRef, type SourceEvent, type Target } from './ref.ts';
import { objectFormat, parseRemoteRefs, type RemoteRefs } from './remote-refs.ts';
import type { Repository } from './repository.ts';

export interface CheckoutRequest {
  readonly repository: Repository;
  /** Branch, tag, commit or `refs/...`; empty: the event's, else the default branch. */
  readonly ref: string;
  /** Absolute. */
  readonly folder: string;
  /** Sent to the workflow's own server only, and only in the environment of git. */
  readonly token?: string | undefined;
  /** What this run was started for, when it was started for this repository. */
  readonly event?: SourceEvent | undefined;
}

export interface CheckoutPorts {
  readonly exec: Exec;
  readonly log: Log;
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
}

/** What lies in the folder now. */
export interface Source {
  readonly repository: string;
  /** The full name of the ref, or the commit when only that was asked for. */
  readonly ref: string;
  readonly commit: string;
  /** RFC 3339 in UTC. */
  readonly commitTime: string;
  /** The tag that was asked for, else what `git describe --tags` says, else the first 12 digits of the commit. */
  readonly describe: string;
}

/**
 * Fetches one ref with its whole history and all tags, so that `git describe` is right, and checks its commit out with
 * a detached HEAD: no branch of the folder is moved. Errors are UserErrors that say what to write.
 */
export async function checkOut(request: CheckoutRequest, ports: CheckoutPorts): Promise<Source> {
  const { repository, folder } = request;
  const auth = authorization(request);
  const env = gitEnvironment(ports.env, [trusting(folder), ...auth]);
  const git = gitIn({ exec: ports.exec, folder, env, signal: ports.signal });
  const isCheckout = await prepareFolder(folder, repository, git);

  const remote = parseRemoteRefs(await git.read('ls-remote', '--symref', '--', repository.url));
  const target = orThrow(resolveRef(request.ref, remote, request.event));
  if (target.note !== undefined) ports.log.warning(target.note);
  ports.log.info(`${repository.name}: ${target.ref} is ${target.commit}.`);

  if (!isCheckout) await initialise(git, repository, remote);
  await fetchTarget(git, target);
  // What was asked for by its digits may be a tag's object.
  const commit = await git.read('rev-parse', '--verify', `${target.commit}^{commit}`);
  await git.read('checkout', '--quiet', '--detach', commit, '--');
  return await describeHead(git, { ...target, commit }, repository);
}

function authorization({ repository, token }: CheckoutRequest): ReturnType<typeof authorizing> {
  if (token === undefined || token === '' || !repository.own) return [];
  return authorizing(repository.url, token);
}

async function initialise(git: Git, repository: Repository, remote: RemoteRefs): Promise<void> {
  // An empty template: hooks of this machine's own template do not belong into a build.
  await git.read('init', '--quiet', '--template=', `--object-format=${objectFormat(remote)}`);
  await git.read('remote', 'add', 'origin', repository.url);
}

async function fetchTarget(git: Git, { commit, ref, refspecs }: Target): Promise<void> {
  const isShallow = (await git.read('rev-parse', '--is-shallow-repository')) === 'true';
  const fetch = ['fetch', '--quiet', '--no-tags', '--no-recurse-submodules', ...(isShallow ? ['--unshallow'] : [])];
  await git.read(...fetch, 'origin', '+refs/tags/*:refs/tags/*', ...refspecs);
  const isThere = (): Promise<boolean> => git.holds('cat-file', '-e', `${commit}^{commit}`);
  if (await isThere()) return;
  // Behind no tag and not behind the ref (any more): most servers give a commit by its name, all give their branches.
  if (await git.holds(...fetch, 'origin', commit)) return;
  await git.read(...fetch, 'origin', '+refs/heads/*:refs/remotes/origin/*');
  if (await isThere()) return;
  const what = ref === commit ? `The repository has no commit ${commit}.` : `The commit ${commit} of "${ref}" is gone.`;
  throw userError(what, 'ref: a branch, a tag, or a commit that was pushed');
}

async function describeHead(git: Git, { ref, commit }: Target, { name }: Repository): Promise<Source> {
  const head = await git.read('rev-parse', '--verify', 'HEAD^{commit}');
  if (head !== commit) throw new Error(`checked out ${head} instead of ${commit}`);
  const seconds = Number(await git.read('show', '--no-patch', '--format=%ct', 'HEAD'));
  const describe = ref.startsWith('refs/tags/')
    ? ref.slice('refs/tags/'.length)
    : await git.read('describe', '--tags', '--always', '--abbrev=12', 'HEAD');
  const commitTime = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  return { repository: name, ref, commit, commitTime, describe };
}
