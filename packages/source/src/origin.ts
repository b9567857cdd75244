import { UserError, userError } from '@slipway/kernel/errors';
import { isVersion, VERSION_RULE } from '@slipway/kernel/names';
import type { ReleaseRecord } from '@slipway/kernel/release';
import type { InputsOf } from '@slipway/kit/spec';
import type { originInputs } from './origin-inputs.ts';
import type { WorkTree } from './work-tree.ts';

/** What a release was made of. */
export type Origin = Pick<ReleaseRecord, 'version' | 'repository' | 'ref' | 'commit' | 'commitTime'>;

/** What the runner says of the commit that it runs for; an empty text is not known. */
export interface RunSource {
  readonly repository: string;
  readonly ref: string;
  readonly sha: string;
}

/** Inputs first, then the repository around the thing, then the run. */
export function originOf(given: InputsOf<typeof originInputs>, tree: WorkTree | undefined, run: RunSource): Origin {
  const commit = given.commit ?? tree?.commit ?? run.sha;
  if (commit === '') throw userError('The commit of the artifact is not known.', 'commit: its 40 digits');
  // A run may build a repository or a commit that is not its own: then its ref says nothing about the artifact.
  const isOfRun = tree === undefined || commit === run.sha;
  const ref = given.ref ?? (isOfRun && run.ref !== '' ? run.ref : tree?.ref) ?? commit;
  return {
    version: given.version ?? versionFrom(ref, tree?.describe ?? commit.slice(0, 12)),
    repository: (isOfRun ? undefined : tree.repository) ?? run.repository,
    ref,
    commit,
    commitTime: given.commitTime ?? tree?.commitTime ?? noTime(commit),
  };
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
