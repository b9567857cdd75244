import type { Transferable } from '@slipway/archive/artifact';
import { UserError, userError } from '@slipway/kernel/errors';
import { isName, isVersion, NAME_RULE, VERSION_RULE } from '@slipway/kernel/names';
import { RELEASE_SCHEMA } from '@slipway/kernel/release';
import type { RunContext } from '@slipway/kit/run-context';
import type { WorkTree } from '@slipway/source/work-tree';
import type { ReleaseDraft } from '@slipway/store/store';
import type { Inputs } from './inputs.ts';

/** From what, by whom, and as what something is published. */
export type Identity = Pick<ReleaseDraft, 'name' | 'version' | 'repository' | 'ref' | 'commit' | 'commitTime' | 'run'>;

type Given = Pick<Inputs, 'name' | 'version' | 'commit' | 'commitTime' | 'ref'>;

/** Inputs first, then the repository around the artifact, then the run. */
export function identify(given: Given, tree: WorkTree | undefined, context: RunContext): Identity {
  const commit = given.commit ?? tree?.commit ?? context.sha;
  if (commit === '') throw userError('The commit of the artifact is not known.', 'commit: its 40 digits');
  // A run may build a repository or a commit that is not its own: then its ref says nothing about the artifact.
  const isOfRun = tree === undefined || commit === context.sha;
  const ref = given.ref ?? (isOfRun && context.ref !== '' ? context.ref : tree?.ref) ?? commit;
  const repository = (isOfRun ? undefined : tree.repository) ?? context.repository;
  return {
    name: given.name ?? nameFrom(repository),
    version: given.version ?? versionFrom(ref, tree?.describe ?? commit.slice(0, 12)),
    repository,
    ref,
    commit,
    commitTime: given.commitTime ?? tree?.commitTime ?? noTime(commit),
    run: context.run,
  };
}

export function draftOf(identity: Identity, bytes: Transferable): ReleaseDraft {
  const { file: _, ...described } = bytes;
  return { schema: RELEASE_SCHEMA, kind: 'file', ...identity, ...described };
}

function nameFrom(repository: string): string {
  const name = repository.split(/[/:]/).at(-1) ?? '';
  if (isName(name)) return name;
  throw new UserError({
    what: 'The name of the repository cannot name a release.',
    got: name === '' ? 'no repository' : name,
    allowed: NAME_RULE,
    fix: 'name: shop',
  });
}

function versionFrom(ref: string, describe: string): string {
  const version = (ref.startsWith('refs/tags/') ? ref.slice('refs/tags/'.length) : describe).replaceAll('/', '-');
  if (isVersion(version)) return version;
  throw new UserError({
    what: 'The version that git tells cannot be used.',
    got: version,
    allowed: VERSION_RULE,
    fix: 'version: 1.4.2',
  });
}

function noTime(commit: string): never {
  throw new UserError({
    what: `The time of commit ${commit} is not known: no repository that has it is checked out.`,
    fix: 'check it out in a step before, or write: commit-time: 2026-03-01T12:00:00Z',
  });
}
