import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { test } from 'node:test';
import { systemExec } from '@slipway/effects/exec-real';
import { describeWorkTree } from '@slipway/source/work-tree';
import { createRepository } from '../../support/git-repository.ts';
import { temporaryFolder } from '../../support/temp.ts';

const ports = {
  exec: systemExec,
  env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
};

test('a branch that is checked out, seen from a folder deep below', async () => {
  await using dir = temporaryFolder();
  const repository = createRepository(dir.at('shop'));
  const commit = repository.commit('first', { 'a/b/file': '' });

  assert.deepEqual(await describeWorkTree(dir.at('shop', 'a', 'b'), undefined, ports), {
    commit,
    commitTime: '2026-01-02T03:04:00Z',
    ref: 'refs/heads/main',
    describe: commit.slice(0, 12),
    repository: undefined,
  });
});

test('a tag that is checked out, and commits after it', async () => {
  await using dir = temporaryFolder();
  const repository = createRepository(dir.at('shop'));
  const first = repository.commit('first');
  repository.git('tag', 'release/1.0');
  const second = repository.commit('second');
  repository.git('checkout', '--quiet', '--detach', 'release/1.0');

  const tagged = await describeWorkTree(dir.at('shop'), undefined, ports);
  const later = await describeWorkTree(dir.at('shop'), second, ports);

  assert.deepEqual([tagged?.commit, tagged?.ref, tagged?.describe], [first, 'refs/tags/release/1.0', 'release/1.0']);
  assert.deepEqual([later?.ref, later?.describe], [second, `release/1.0-1-g${second.slice(0, 12)}`]);
  assert.equal(later?.commitTime, '2026-01-02T03:04:01Z');
});

test('a linked work tree, and a repository of SHA-256', async () => {
  await using dir = temporaryFolder();
  const repository = createRepository(dir.at('shop'), { format: 'sha256' });
  const commit = repository.commit('first');
  repository.git('worktree', 'add', '--quiet', '--detach', dir.at('linked'));
  mkdirSync(dir.at('linked', 'dist'));

  assert.equal((await describeWorkTree(dir.at('linked', 'dist'), undefined, ports))?.commit, commit);
});

for (const [origin, name] of [
  ['https://github.com/acme/shop.git', 'acme/shop'],
  ['https://x:secret@github.com/acme/shop', 'acme/shop'],
  ['git@github.com:acme/shop.git', 'acme/shop'],
  ['ssh://git@github.com/acme/shop.git', 'acme/shop'],
  ['https://git.example.com/acme/shop.git', 'https://git.example.com/acme/shop'],
  ['file:///srv/git/shop.git', 'file:///srv/git/shop'],
] as const) {
  test(`the origin ${origin} is known as ${name}`, async () => {
    await using dir = temporaryFolder();
    const repository = createRepository(dir.at('shop'));
    repository.commit('first');
    repository.git('remote', 'add', 'origin', origin);

    assert.equal((await describeWorkTree(dir.at('shop'), undefined, ports))?.repository, name);
  });
}

test('nothing is known without a repository, without a commit, and of a commit from elsewhere', async () => {
  await using dir = temporaryFolder();
  createRepository(dir.at('unborn'));
  createRepository(dir.at('shop')).commit('first');
  mkdirSync(dir.at('plain'));

  assert.equal(await describeWorkTree(dir.at('plain'), undefined, ports), undefined);
  assert.equal(await describeWorkTree(dir.at('unborn'), undefined, ports), undefined);
  assert.equal(await describeWorkTree(dir.at('shop'), 'f'.repeat(40), ports), undefined);
});

test('a repository that belongs to another user is read all the same', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('only root can give a folder away');
  await using dir = temporaryFolder();
  const repository = createRepository(dir.at('shop'));
  const commit = repository.commit('first');
  execFileSync('chown', ['-R', '65534:65534', dir.at('shop')]);

  assert.equal((await describeWorkTree(dir.at('shop'), undefined, ports))?.commit, commit);
});
