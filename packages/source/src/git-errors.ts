import type { Finished } from '@slipway/effects/exec';
import { type UserError, userError } from '@slipway/kernel/errors';

/** What git says, and what it means for whoever wrote the workflow. The first match counts. */
const MEANINGS: readonly { readonly said: RegExp; readonly what: string; readonly fix: string }[] = [
  {
    said: /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/i,
    what: 'The host key of the git server is not known, or not the known one.',
    fix: 'put the line of the server, checked with its administrator, into ~/.ssh/known_hosts in a step before',
  },
  {
    said: /Permission denied \(publickey/,
    what: 'The git server accepts none of the ssh keys of this runner.',
    fix: 'load the key into an ssh agent in a step before',
  },
  {
    said: /dubious ownership/,
    what: 'The local repository belongs to another user, so git refuses to read it.',
    fix: 'git config --global --add safe.directory (the folder that git names below)',
  },
  {
    said: /Authentication failed|could not read (Username|Password)|terminal prompts disabled|error: 40[13]\b/i,
    what: 'The git server does not let us in: the repository is private, or does not exist.',
    fix: 'token: ${{ secrets.NAME }} of a token that may read it; on GitHub also: permissions: contents: read',
  },
  {
    said: /repository .*not found|does not appear to be a git repository|does not exist|error: 404\b/i,
    what: 'There is no such repository, or it is private and the token may not read it.',
    fix: 'repository: owner/name',
  },
  {
    said: /not our ref|unadvertised object|couldn't find remote ref/i,
    what: 'The repository has no such commit.',
    fix: 'ref: a branch, a tag, or a commit that was pushed',
  },
  {
    said: /Could not resolve host|unable to access|Connection (refused|timed out|reset)|early EOF|hung up/i,
    what: 'The git server cannot be reached, or broke off.',
    fix: 'run it again; if that does not help, look at the network of the runner',
  },
  { said: /No space left on device/, what: 'The disk of the runner is full.', fix: 'free some space on it' },
];

export function explainGit(args: readonly string[], { code, stderr }: Finished): UserError {
  const said = stderr.trim().split('\n').slice(-6).join('\n');
  const meaning = MEANINGS.find((candidate) => candidate.said.test(stderr));
  const tail = `git ${args[0] ?? ''} said:\n${said}`;
  if (meaning === undefined) return userError(`git ${args[0] ?? ''} ended with status ${code}: ${tail}`);
  return userError(`${meaning.what} ${tail}`, meaning.fix);
}
