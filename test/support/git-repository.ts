import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A git repository in a folder, with commits that are the same on every machine. */
export interface GitRepository {
  readonly path: string;
  readonly url: string;
  git(...args: readonly string[]): string;
  /** Writes the files and commits them with everything else that changed; gives the commit. */
  commit(message: string, files?: Readonly<Record<string, string>>): string;
}

/** Makes the folder a repository. `from` is copied into it first, without being committed. */
export function createRepository(
  path: string,
  options: { from?: string; format?: 'sha1' | 'sha256' } = {},
): GitRepository {
  mkdirSync(path, { recursive: true });
  if (options.from !== undefined) cpSync(options.from, path, { recursive: true });
  let commits = 0;

  function git(...args: readonly string[]): string {
    const at = `2026-01-02T03:04:${String(commits).padStart(2, '0')}Z`;
    return execFileSync('git', args, {
      cwd: path,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_SYSTEM: '/dev/null',
        GIT_AUTHOR_NAME: 'Ann',
        GIT_AUTHOR_EMAIL: 'ann@example.com',
        GIT_AUTHOR_DATE: at,
        GIT_COMMITTER_NAME: 'Ann',
        GIT_COMMITTER_EMAIL: 'ann@example.com',
        GIT_COMMITTER_DATE: at,
      },
    }).trimEnd();
  }

  git('init', '--quiet', '--initial-branch=main', `--object-format=${options.format ?? 'sha1'}`);
  return {
    path,
    url: `file://${path}`,
    git,
    commit(message, files = {}) {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(path, name)), { recursive: true });
        writeFileSync(join(path, name), content);
      }
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--message', message);
      commits += 1;
      return git('rev-parse', 'HEAD');
    },
  };
}
