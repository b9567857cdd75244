import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ReleaseSource {
  readonly tag: string;
  /** Its health check never passes. */
  readonly broken: boolean;
}

export interface Repository {
  readonly path: string;
  /** The commit of each tag. */
  readonly commits: ReadonlyMap<string, string>;
}

const FIXTURE = fileURLToPath(new URL('../fixtures/node-app', import.meta.url));

/** A git repository of the Node shop: one commit and one tag for each release. */
export async function makeRepository(path: string, releases: readonly ReleaseSource[]): Promise<Repository> {
  await mkdir(path, { recursive: true });
  git(path, 'init', '--quiet', '--initial-branch=main');
  const commits = new Map<string, string>();
  for (const release of releases) {
    await writeRelease(path, release);
    git(path, 'add', '--all');
    git(path, 'commit', '--quiet', `--message=Release ${release.tag}`);
    git(path, 'tag', release.tag);
    commits.set(release.tag, git(path, 'rev-parse', 'HEAD'));
  }
  return { path, commits };
}

async function writeRelease(path: string, { tag, broken }: ReleaseSource): Promise<void> {
  await cp(FIXTURE, path, { recursive: true });
  const manifest = join(path, 'package.json');
  const text = await readFile(manifest, 'utf8');
  await writeFile(manifest, text.replace(/"version": "[^"]*"/, `"version": "${tag}"`));
  if (broken) await writeFile(join(path, 'BROKEN'), 'the health check answers 500\n');
  else await rm(join(path, 'BROKEN'), { force: true });
}

/** Without this machine's git configuration: hooks, signatures and templates are none of the demo's. */
function git(path: string, ...args: readonly string[]): string {
  const env = {
    ...process.env,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  };
  const { status, stdout, stderr } = spawnSync('git', [...args], { cwd: path, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')} failed: ${stderr}`);
  return stdout.trim();
}
