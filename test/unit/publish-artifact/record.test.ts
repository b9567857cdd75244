import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identify } from '@slipway/action-publish-artifact/record';
import type { RunContext } from '@slipway/kit/run-context';
import type { WorkTree } from '@slipway/source/work-tree';

const RUN_COMMIT = 'a'.repeat(40);
const OTHER_COMMIT = 'b'.repeat(40);
const NOTHING = { name: undefined, version: undefined, commit: undefined, commitTime: undefined, ref: undefined };

function context(overrides: Partial<RunContext> = {}): RunContext {
  return {
    workspace: '/work',
    temp: '/tmp',
    repository: 'acme/shop',
    ref: 'refs/heads/main',
    sha: RUN_COMMIT,
    run: { id: '7', attempt: 1, number: 3, url: 'https://github.com/acme/shop/actions/runs/7' },
    actor: 'ann',
    event: 'push',
    ...overrides,
  };
}

function tree(overrides: Partial<WorkTree> = {}): WorkTree {
  return {
    commit: RUN_COMMIT,
    commitTime: '2026-01-02T03:04:05Z',
    ref: RUN_COMMIT,
    describe: 'v1.0-3-gaaaaaaaaaaaa',
    repository: 'https://elsewhere.example/acme/other',
    ...overrides,
  };
}

test('the commit of the run has the ref and the repository of the run', () => {
  assert.deepEqual(identify(NOTHING, tree(), context()), {
    name: 'shop',
    version: 'v1.0-3-gaaaaaaaaaaaa',
    repository: 'acme/shop',
    ref: 'refs/heads/main',
    commit: RUN_COMMIT,
    commitTime: '2026-01-02T03:04:05Z',
    run: context().run,
  });
});

test('another commit has the ref and the repository that it was checked out from', () => {
  const other = tree({ commit: OTHER_COMMIT, ref: 'refs/tags/release/2.0' });

  const { name, version, repository, ref, commit } = identify(NOTHING, other, context());

  assert.deepEqual(
    { name, version, repository, ref, commit },
    {
      name: 'other',
      version: 'release-2.0',
      repository: 'https://elsewhere.example/acme/other',
      ref: 'refs/tags/release/2.0',
      commit: OTHER_COMMIT,
    },
  );
});

const VERSIONS: readonly (readonly [string, Partial<RunContext>, Partial<WorkTree>, string])[] = [
  ['a tag', { ref: 'refs/tags/v1.4.2' }, { describe: 'v1' }, 'v1.4.2'],
  ['a tag with slashes', { ref: 'refs/tags/web/v1/x' }, {}, 'web-v1-x'],
  ['a branch', { ref: 'refs/heads/v9' }, { describe: 'team/v1-2-gabc' }, 'team-v1-2-gabc'],
  ['a pull request', { ref: 'refs/pull/7/merge' }, { describe: 'abcdefabcdef' }, 'abcdefabcdef'],
];
for (const [name, run, git, expected] of VERSIONS) {
  test(`the version of ${name} is ${expected}`, () => {
    assert.equal(identify(NOTHING, tree(git), context(run)).version, expected);
  });
}

test('inputs come first', () => {
  const given = {
    name: 'web',
    version: '9',
    commit: OTHER_COMMIT,
    commitTime: '2020-01-01T00:00:00Z',
    ref: 'refs/heads/x',
  };

  const { run: _, repository: __, ...rest } = identify(given, tree({ commit: OTHER_COMMIT }), context());

  assert.deepEqual(rest, given);
});

test('without a repository the run says what it can, and the time has to be given', () => {
  assert.throws(
    () => identify(NOTHING, undefined, context()),
    /The time of commit a{40} is not known[\s\S]*commit-time: /,
  );

  const known = identify({ ...NOTHING, commitTime: '2026-01-01T00:00:00Z' }, undefined, context());

  assert.deepEqual([known.version, known.ref, known.commit], ['a'.repeat(12), 'refs/heads/main', RUN_COMMIT]);
});

test('what cannot be used is refused with the line to write', () => {
  assert.throws(() => identify(NOTHING, undefined, context({ sha: '' })), /commit of the artifact is not known/);
  assert.throws(
    () => identify(NOTHING, tree(), context({ ref: 'refs/tags/@acme/shop@1.0' })),
    /version that git tells cannot be used\.\n {2}got: {5}@acme-shop@1\.0[\s\S]*fix: {5}version: 1\.4\.2/,
  );
  assert.throws(
    () => identify(NOTHING, tree(), context({ repository: 'acme/.github' })),
    /got: {5}\.github[\s\S]*name: shop/,
  );
  assert.throws(() => identify(NOTHING, tree(), context({ repository: '' })), /no repository/);
});
