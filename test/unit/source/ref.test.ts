import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { resolveRef, type Target } from '@slipway/source/ref';
import { objectFormat, parseRemoteRefs } from '@slipway/source/remote-refs';

const [A, B, C, TAG_OBJECT] = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(40)) as [string, string, string, string];
const remote = parseRemoteRefs(
  [
    'ref: refs/heads/main\tHEAD',
    `${A}\tHEAD`,
    `${A}\trefs/heads/main`,
    `${B}\trefs/heads/release/1.4`,
    `${B}\trefs/heads/v1`,
    `${C}\trefs/pull/7/merge`,
    `${TAG_OBJECT}\trefs/tags/v1`,
    `${C}\trefs/tags/v1^{}`,
    `${A}\trefs/tags/v2.0.0`,
  ].join('\n'),
);

describe('a ref that is there', () => {
  const cases: readonly (readonly [wanted: string, ref: string, commit: string, refspecs: readonly string[]])[] = [
    ['', 'refs/heads/main', A, ['+refs/heads/main:refs/remotes/origin/main']],
    ['main', 'refs/heads/main', A, ['+refs/heads/main:refs/remotes/origin/main']],
    ['release/1.4', 'refs/heads/release/1.4', B, ['+refs/heads/release/1.4:refs/remotes/origin/release/1.4']],
    ['v2.0.0', 'refs/tags/v2.0.0', A, []],
    ['refs/tags/v1', 'refs/tags/v1', C, []],
    ['refs/pull/7/merge', 'refs/pull/7/merge', C, ['+refs/pull/7/merge:refs/remotes/pull/7/merge']],
    [B, B, B, []],
    [B.toUpperCase(), B, B, []],
    ['e'.repeat(64), 'e'.repeat(64), 'e'.repeat(64), []],
  ];
  for (const [wanted, ref, commit, refspecs] of cases) {
    test(`${JSON.stringify(wanted)} is ${ref}`, () => {
      assert.deepEqual(resolveRef(wanted, remote), { ref, commit, refspecs });
    });
  }

  test('a name that is a branch and a tag is the branch, and that is said', () => {
    const target = resolveRef('v1', remote) as Target;

    assert.equal(target.ref, 'refs/heads/v1');
    assert.match(target.note ?? '', /branch and a tag.*refs\/tags\/v1/);
  });
});

describe('the ref of the event', () => {
  test('is the commit of the event, also when the branch has moved on', () => {
    assert.deepEqual(resolveRef('', remote, { ref: 'refs/heads/main', commit: C }), {
      ref: 'refs/heads/main',
      commit: C,
      refspecs: ['+refs/heads/main:refs/remotes/origin/main'],
    });
  });

  test('is the commit of the event, also when the branch is gone', () => {
    const target = resolveRef('', remote, { ref: 'refs/heads/gone', commit: C }) as Target;

    assert.deepEqual([target.commit, target.refspecs], [C, []]);
  });

  test('a tag must still be where it was', () => {
    assert.equal((resolveRef('', remote, { ref: 'refs/tags/v1', commit: C }) as Target).commit, C);
    assert.match(JSON.stringify(resolveRef('', remote, { ref: 'refs/tags/v1', commit: A })), /no longer at the commit/);
    assert.match(JSON.stringify(resolveRef('', remote, { ref: 'refs/tags/v9', commit: A })), /no such tag/);
  });
});

describe('a ref that is not there', () => {
  const cases: readonly (readonly [wanted: string, says: RegExp])[] = [
    ['mian', /no such branch or tag.*"allowed":"main/],
    ['v2.0', /"allowed":"v2\.0\.0/],
    ['refs/heads/nowhere', /no such branch or tag/],
    ['abc1234', /named by all of its digits/],
  ];
  for (const [wanted, says] of cases) {
    test(wanted, () => assert.match(JSON.stringify(resolveRef(wanted, remote)), says));
  }

  test('an empty repository, and one without a default branch', () => {
    assert.match(JSON.stringify(resolveRef('', parseRemoteRefs(''))), /is empty/);
    assert.match(JSON.stringify(resolveRef('', parseRemoteRefs(`${A}\trefs/heads/x`))), /no default branch.*"x"/);
  });
});

test('a detached HEAD of the remote is its default', () => {
  assert.equal((resolveRef('', parseRemoteRefs(`${A}\tHEAD`)) as Target).commit, A);
});

test('the length of the names tells the object format', () => {
  assert.equal(objectFormat(remote), 'sha1');
  assert.equal(objectFormat(parseRemoteRefs(`${'e'.repeat(64)}\trefs/heads/main`)), 'sha256');
});
