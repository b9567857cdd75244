import { editDistance } from '@slipway/kernel/closest';
import type { Problem } from '@slipway/kernel/errors';
import type { RemoteRefs } from './remote-refs.ts';

/** What the workflow run was started for. */
export interface SourceEvent {
  readonly ref: string;
  readonly commit: string;
}

/** What is going to be checked out: decided once, from one look at the remote. */
export interface Target {
  /** The full name of a ref, or the commit itself when only that was asked for. */
  readonly ref: string;
  readonly commit: string;
  /** What to fetch besides the tags. */
  readonly refspecs: readonly string[];
  /** Something that people may have meant otherwise. */
  readonly note?: string;
}

const SHA = /^([0-9a-f]{40}|[0-9a-f]{64})$/i;
const SHORT_SHA = /^[0-9a-f]{7,39}$/i;

/** Reads the `ref` input against the remote: branch, tag, commit or `refs/...`; empty is the event's, else the default. */
export function resolveRef(wanted: string, remote: RemoteRefs, event?: SourceEvent): Target | Problem {
  const { commits } = remote;
  if (commits.size === 0) return { what: 'The repository is empty: it has no branch and no tag.' };
  if (wanted === '') return event === undefined ? defaultTarget(remote) : eventTarget(event, remote);
  if (SHA.test(wanted)) return commitTarget(wanted.toLowerCase());
  if (wanted.startsWith('refs/')) return named(wanted, commits) ?? noSuchRef(wanted, commits);
  const branch = named(`refs/heads/${wanted}`, commits);
  const tag = named(`refs/tags/${wanted}`, commits);
  if (branch !== undefined && tag !== undefined && branch.commit !== tag.commit) {
    return { ...branch, note: `"${wanted}" is a branch and a tag; the branch is taken. For the tag: ref: ${tag.ref}` };
  }
  return branch ?? tag ?? noSuchRef(wanted, commits);
}

function defaultTarget({ commits, defaultBranch }: RemoteRefs): Target | Problem {
  const target = named(defaultBranch ?? 'HEAD', commits);
  if (target !== undefined) return target;
  return { what: 'The repository has no default branch.', allowed: nearNames('', commits), fix: 'ref: main' };
}

/** The event's commit and no other: a branch may have moved on since, a tag must not have. */
function eventTarget(event: SourceEvent, { commits }: RemoteRefs): Target | Problem {
  const now = commits.get(event.ref);
  if (event.ref.startsWith('refs/tags/') && now !== event.commit) {
    return {
      what: `The tag "${event.ref}" is no longer at the commit that this run was started for.`,
      got: now ?? 'no such tag',
      allowed: event.commit,
      fix: `run the workflow again for the new commit, or: ref: ${event.commit}`,
    };
  }
  const refspecs = now === undefined ? [] : refspecsOf(event.ref);
  return { ref: event.ref, commit: event.commit, refspecs };
}

function commitTarget(commit: string): Target {
  return { ref: commit, commit, refspecs: [] };
}

function named(ref: string, commits: RemoteRefs['commits']): Target | undefined {
  const commit = commits.get(ref);
  return commit === undefined ? undefined : { ref, commit, refspecs: refspecsOf(ref) };
}

/** Tags are fetched anyway, as refs: fetched as commits, annotated ones would lose their name and signature. */
function refspecsOf(ref: string): string[] {
  if (ref.startsWith('refs/tags/')) return [];
  if (ref.startsWith('refs/heads/')) return [`+${ref}:refs/remotes/origin/${ref.slice('refs/heads/'.length)}`];
  return [`+${ref}:refs/remotes/${ref.replace(/^refs\//, '')}`];
}

function noSuchRef(wanted: string, commits: RemoteRefs['commits']): Problem {
  const near = nearNames(wanted, commits);
  if (SHORT_SHA.test(wanted)) {
    return { what: 'A commit is named by all of its digits.', got: wanted, fix: 'ref: (the output of git rev-parse)' };
  }
  return {
    what: 'The repository has no such branch or tag.',
    got: wanted,
    allowed: near,
    fix: `ref: ${near.split(', ')[0] ?? 'main'}`,
  };
}

/** The five names nearest to the one that was asked for. */
function nearNames(wanted: string, commits: RemoteRefs['commits']): string {
  const short = wanted.replace(/^refs\/(heads|tags)\//, '');
  const names = [...commits.keys()]
    .filter((ref) => /^refs\/(heads|tags)\//.test(ref))
    .map((ref) => ref.replace(/^refs\/(heads|tags)\//, ''));
  return [...new Set(names)]
    .map((name) => ({ name, distance: name.includes(short) ? 0 : editDistance(short, name) }))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, 5)
    .map(({ name }) => name)
    .join(', ');
}
