import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { systemExec } from '@slipway/effects/exec-real';
import { UserError } from '@slipway/kernel/errors';
import { type CheckoutPorts, type CheckoutRequest, checkOut, type Source } from '@slipway/source/checkout';
import { parseRepository, type Repository } from '@slipway/source/repository';
import { startGitHttp } from '../../support/git-http.ts';
import { createRepository, type GitRepository } from '../../support/git-repository.ts';
import { keptLog } from '../../support/kept-log.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temp.ts';

describe('what is checked out', { concurrency: 2 }, () => {
  test('the default branch, described by the tag behind it', async () => {
    await using dir = temporaryFolder();
    const { origin, second } = shop(dir);

    const source = await checkout(dir, origin, {});

    assert.deepEqual(source, {
      repository: origin.url,
      ref: 'refs/heads/main',
      commit: second,
      commitTime: '2026-01-02T03:04:01Z',
      describe: `v1.0.0-1-g${second.slice(0, 12)}`,
    });
    assert.equal(readFileSync(dir.at('work', 'version'), 'utf8'), '2');
    assert.equal(inWork(dir, 'status', '--porcelain'), '');
    assert.equal(inWork(dir, 'rev-list', '--count', 'HEAD'), '2');
  });

  test('an annotated tag, by its short name, with its annotation', async () => {
    await using dir = temporaryFolder();
    const { origin, first } = shop(dir);

    const source = await checkout(dir, origin, { ref: 'v1.0.0' });

    assert.deepEqual([source.ref, source.commit, source.describe], ['refs/tags/v1.0.0', first, 'v1.0.0']);
    assert.match(inWork(dir, 'cat-file', 'tag', 'v1.0.0'), /first release/);
  });

  test('a branch that is not merged, with its slashes', async () => {
    await using dir = temporaryFolder();
    const { origin, fix } = shop(dir);

    const source = await checkout(dir, origin, { ref: 'fix/cart' });

    assert.deepEqual([source.ref, source.commit], ['refs/heads/fix/cart', fix]);
  });

  test('a commit that no branch and no tag points at', async () => {
    await using dir = temporaryFolder();
    const { origin, first } = shop(dir);
    const lost = origin.commit('pushed over', { version: 'lost' });
    origin.git('reset', '--quiet', '--hard', first);

    const source = await checkout(dir, origin, { ref: lost });

    assert.deepEqual([source.ref, source.commit], [lost, lost]);
    assert.equal(source.describe, `v1.0.0-2-g${lost.slice(0, 12)}`);
  });

  test('a commit from a server that gives only its branches', async () => {
    await using dir = temporaryFolder();
    const { origin, second } = shop(dir);
    origin.commit('third', { version: '3' });

    const source = await checkout(
      dir,
      origin,
      { ref: second },
      // Version 0 of git's protocol refuses names that it did not list.
      { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'protocol.version', GIT_CONFIG_VALUE_0: '0' },
    );

    assert.equal(source.commit, second);
  });

  test('a pull request ref', async () => {
    await using dir = temporaryFolder();
    const { origin, fix } = shop(dir);
    origin.git('update-ref', 'refs/pull/7/head', fix);

    const source = await checkout(dir, origin, { ref: 'refs/pull/7/head' });

    assert.deepEqual([source.ref, source.commit], ['refs/pull/7/head', fix]);
  });

  test('the commit of the event, although its branch has moved on', async () => {
    await using dir = temporaryFolder();
    const { origin, first } = shop(dir);

    const source = await checkout(dir, origin, { event: { ref: 'refs/heads/main', commit: first } });

    assert.deepEqual([source.ref, source.commit], ['refs/heads/main', first]);
  });

  test('a repository with SHA-256 names', async () => {
    await using dir = temporaryFolder();
    const origin = createRepository(dir.at('origin'), { format: 'sha256' });
    const commit = origin.commit('first', { version: '1' });

    const source = await checkout(dir, origin, { ref: commit });

    assert.equal(source.commit.length, 64);
    assert.equal(source.describe, commit.slice(0, 12));
  });
});

describe('the folder', { concurrency: 2 }, () => {
  test('a clean checkout of the same repository is used again; ignored files stay', async () => {
    await using dir = temporaryFolder();
    const { origin } = shop(dir);
    await checkout(dir, origin, {});
    writeFileSync(dir.at('work', 'cache.ignored'), 'kept');
    const third = origin.commit('third', { version: '3' });

    const source = await checkout(dir, origin, {});

    assert.equal(source.commit, third);
    assert.equal(readFileSync(dir.at('work', 'cache.ignored'), 'utf8'), 'kept');
  });

  test('a shallow checkout gets its history', async () => {
    await using dir = temporaryFolder();
    const { origin } = shop(dir);
    execFileSync('git', ['clone', '--quiet', '--depth=1', '--no-tags', origin.url, dir.at('work')]);

    const source = await checkout(dir, origin, {});

    assert.match(source.describe, /^v1\.0\.0-1-g/);
  });

  const refused: readonly (readonly [name: string, spoil: (dir: TemporaryFolder) => void, says: RegExp])[] = [
    ['a changed file', (dir) => writeFileSync(dir.at('work', 'version'), 'mine'), /is dirty: M version/],
    ['a file of the user', (dir) => writeFileSync(dir.at('work', 'notes'), 'mine'), /is dirty: \?\? notes/],
    [
      'another repository',
      (dir) => void inWork(dir, 'remote', 'set-url', 'origin', 'https://me:hunter2@example.com/other'),
      /checkout of another repository: https:\/\/example\.com\/other/,
    ],
  ];
  for (const [name, spoil, says] of refused) {
    test(`${name} is refused, and nothing is touched`, async () => {
      await using dir = temporaryFolder();
      const { origin, second } = shop(dir);
      await checkout(dir, origin, {});
      spoil(dir);
      const before = snapshot(dir.at('work'));
      origin.commit('third', { version: '3' });

      await rejects(checkout(dir, origin, {}), says);

      assert.deepEqual(snapshot(dir.at('work')), before);
      assert.equal(inWork(dir, 'rev-parse', 'HEAD'), second);
    });
  }

  test('a folder with files and no repository is refused', async () => {
    await using dir = temporaryFolder();
    const { origin } = shop(dir);
    mkdirSync(dir.at('work'));
    writeFileSync(dir.at('work', 'thesis.txt'), 'mine');

    await rejects(checkout(dir, origin, {}), /not empty, and no git repository: thesis\.txt/);

    assert.deepEqual(readdirSync(dir.at('work')), ['thesis.txt']);
  });

  test('commits that were made in it stay on their branch', async () => {
    await using dir = temporaryFolder();
    const { origin } = shop(dir);
    await checkout(dir, origin, {});
    inWork(dir, 'switch', '--quiet', '--create', 'main');
    inWork(
      dir,
      '-c',
      'user.name=B',
      '-c',
      'user.email=b@example.com',
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      'mine',
    );
    const mine = inWork(dir, 'rev-parse', 'main');

    await checkout(dir, origin, {});

    assert.equal(inWork(dir, 'rev-parse', 'main'), mine);
  });
});

describe('what goes wrong is said', { concurrency: 2 }, () => {
  test('no such ref: the near ones are listed', async () => {
    await using dir = temporaryFolder();
    const { origin } = shop(dir);

    await rejects(
      checkout(dir, origin, { ref: 'fix/cat' }),
      /no such branch or tag.\n {2}got: {5}fix\/cat\n {2}allowed: fix\/cart/,
    );
  });

  test('no such commit', async () => {
    await using dir = temporaryFolder();
    const { origin } = shop(dir);

    await rejects(checkout(dir, origin, { ref: '0'.repeat(39).concat('1') }), /has no commit 0+1\./);
  });

  test('no such repository', async () => {
    await using dir = temporaryFolder();

    await rejects(
      checkout(dir, { url: `file://${dir.at('nowhere')}` }, {}),
      /no such repository[\s\S]*fix: {5}repository: owner\/name/,
    );
  });

  test('no git', async () => {
    await using dir = temporaryFolder();
    const { origin } = shop(dir);

    await rejects(
      checkout(dir, origin, {}, { PATH: dir.path }),
      /git is not on this machine[\s\S]*apt-get install -y git/,
    );
  });
});

describe('the token', { concurrency: 2 }, () => {
  const token = 'ghs_verysecret_0123456789';

  test('opens a private repository, and is nowhere on disk, in argv or in the log', async () => {
    await using dir = temporaryFolder();
    const { origin, second } = shop(dir);
    await using server = await startGitHttp(dir.path, { token });
    const argvs: string[] = [];
    const log = keptLog();

    const source = await checkOut(
      { repository: repository('origin/.git', server.url), ref: '', folder: dir.at('work'), token },
      {
        ...ports(),
        log,
        exec: {
          ...systemExec,
          run(command) {
            argvs.push(command.argv.join(' '));
            return systemExec.run(command);
          },
        },
      },
    );

    assert.equal(source.commit, second);
    assert.equal(source.repository, 'origin/.git');
    const base64 = Buffer.from(`x-access-token:${token}`).toString('base64');
    for (const place of [argvs.join('\n'), JSON.stringify(log.told), snapshot(dir.at('work')).join('\n')]) {
      assert.doesNotMatch(place, new RegExp(`${token}|${base64}`));
    }
    assert.equal(origin.git('rev-parse', 'HEAD'), second);
  });

  test('replaces a header that somebody left in the folder', async () => {
    await using dir = temporaryFolder();
    shop(dir);
    await using server = await startGitHttp(dir.path, { token });
    const request = { repository: repository('origin/.git', server.url), ref: '', folder: dir.at('work'), token };
    await checkOut(request, ports());
    inWork(dir, 'config', `http.${server.url}/.extraheader`, 'AUTHORIZATION: basic b2xk');

    await checkOut(request, ports());

    assert.equal(
      server.authorizations.some((header) => header?.includes('b2xk') === true),
      false,
    );
  });

  test('goes to no other server than the own', async () => {
    await using dir = temporaryFolder();
    shop(dir);
    await using server = await startGitHttp(dir.path);

    await checkOut(
      {
        repository: repository(`${server.url}/origin/.git`, 'https://github.com'),
        ref: '',
        folder: dir.at('work'),
        token,
      },
      ports(),
    );

    assert.ok(server.authorizations.length > 0);
    assert.deepEqual(new Set(server.authorizations), new Set([undefined]));
  });

  test('a wrong or missing one is explained', async () => {
    await using dir = temporaryFolder();
    shop(dir);
    await using server = await startGitHttp(dir.path, { token });
    const request = { repository: repository('origin/.git', server.url), ref: '', folder: dir.at('work') };

    await rejects(checkOut({ ...request, token: 'wrong' }, ports()), /does not let us in[\s\S]*token: \$\{\{ secrets/);
    await rejects(checkOut(request, ports()), /does not let us in/);
  });
});

/** A repository with two commits on main, the first tagged, and a branch with a fix. */
function shop(dir: TemporaryFolder): { origin: GitRepository; first: string; second: string; fix: string } {
  const origin = createRepository(dir.at('origin'));
  const first = origin.commit('first', { version: '1', '.gitignore': '*.ignored\n' });
  origin.git('tag', '--annotate', '--message', 'first release', 'v1.0.0');
  origin.git('branch', 'fix/cart');
  const second = origin.commit('second', { version: '2' });
  origin.git('switch', '--quiet', 'fix/cart');
  const fix = origin.commit('fix', { version: '1-fixed' });
  origin.git('switch', '--quiet', 'main');
  return { origin, first, second, fix };
}

async function checkout(
  dir: TemporaryFolder,
  { url }: { url: string },
  rest: Partial<CheckoutRequest>,
  env: Record<string, string> = {},
): Promise<Source> {
  return await checkOut({ repository: repository(url), ref: '', folder: dir.at('work'), ...rest }, ports(env));
}

function ports(env: Record<string, string> = {}): CheckoutPorts {
  return { exec: systemExec, log: keptLog(), env: { PATH: process.env.PATH, HOME: '/nonexistent', ...env } };
}

function repository(text: string, serverUrl = 'https://github.com'): Repository {
  const parsed = parseRepository(text, serverUrl);
  if ('what' in parsed) throw new UserError(parsed);
  return parsed;
}

function inWork(dir: TemporaryFolder, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: dir.at('work'), encoding: 'utf8' }).trimEnd();
}

async function rejects(work: Promise<unknown>, says: RegExp): Promise<void> {
  await assert.rejects(work, (thrown) => {
    assert.ok(thrown instanceof UserError, String(thrown));
    assert.match(thrown.message, says);
    return true;
  });
}

/** All files and their content, those of git included. */
function snapshot(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .filter((name) => existsSync(join(folder, name)) && !name.endsWith('index'))
    .map((name) => {
      try {
        return `${name}: ${readFileSync(join(folder, name), 'latin1')}`;
      } catch {
        return name;
      }
    });
}
