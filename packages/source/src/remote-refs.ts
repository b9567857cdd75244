/** Where a remote's refs point, as `git ls-remote --symref` tells it. */
export interface RemoteRefs {
  /** Full names; a tag points at its commit here, not at its tag object. */
  readonly commits: ReadonlyMap<string, string>;
  /** The branch that HEAD stands for; undefined when it stands for none. */
  readonly defaultBranch: string | undefined;
}

const PEELED = '^{}';

export function parseRemoteRefs(listing: string): RemoteRefs {
  const commits = new Map<string, string>();
  let defaultBranch: string | undefined;
  for (const line of listing.split('\n')) {
    const [left = '', name = ''] = line.split('\t');
    if (name === '') continue;
    if (left.startsWith('ref: ')) {
      if (name === 'HEAD') defaultBranch = left.slice('ref: '.length);
    } else {
      // The peeled line of a tag follows the one of its object.
      commits.set(name.endsWith(PEELED) ? name.slice(0, -PEELED.length) : name, left);
    }
  }
  return { commits, defaultBranch };
}

/** `sha256` for a repository whose names have 64 digits. */
export function objectFormat({ commits }: RemoteRefs): 'sha1' | 'sha256' {
  const [first] = commits.values();
  return first?.length === 64 ? 'sha256' : 'sha1';
}
