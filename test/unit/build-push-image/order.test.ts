import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { action, type Inputs, inputProblems } from '@slipway/action-build-push-image/inputs';
import { credentialsOf, orderOf, recordOf, wishOf } from '@slipway/action-build-push-image/order';
import { manifestOf, OCI_MANIFEST } from '@slipway/image/manifest';
import { isProblems } from '@slipway/kernel/errors';
import { parseRelease } from '@slipway/kernel/release';
import { parseInputs } from '@slipway/kit/read-inputs';
import type { RunContext } from '@slipway/kit/run-context';
import type { WorkTree } from '@slipway/source/work-tree';

const COMMIT = 'a'.repeat(40);
const CONTEXT: RunContext = {
  workspace: '/work',
  temp: '/tmp',
  repository: 'acme/shop',
  ref: 'refs/heads/main',
  sha: COMMIT,
  run: { id: '7', attempt: 1, number: 3, url: 'https://github.com/acme/shop/actions/runs/7' },
  actor: 'ann',
  event: 'push',
};
const TREE: WorkTree = {
  commit: COMMIT,
  commitTime: '2026-01-02T03:04:05Z',
  ref: 'refs/heads/main',
  describe: 'v1.0+build.7',
  repository: 'acme/shop',
};

function read(given: Readonly<Record<string, string>>) {
  const defaults = Object.entries(action.inputs).map(([name, spec]) => [
    `INPUT_${name.toUpperCase()}`,
    'default' in spec ? spec.default : '',
  ]);
  const env = Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  return parseInputs(action.inputs, Object.fromEntries([...defaults, ...env]) as Record<string, string>, inputProblems);
}

function inputs(given: Readonly<Record<string, string>>): Inputs {
  const { result } = read({ image: 'ghcr.io/Acme/Shop', ...given });
  assert.ok(result.ok, JSON.stringify(result));
  return result.values;
}

function order(given: Readonly<Record<string, string>>) {
  const values = inputs(given);
  return orderOf(values, wishOf(values, CONTEXT.workspace), TREE, CONTEXT);
}

test('the least: all from the workspace and git, capitals made small', () => {
  const { wish, destination, identity } = order({});

  assert.deepEqual(wish, {
    context: '/work',
    file: '/work/Dockerfile',
    buildArgs: [],
    target: undefined,
    labels: [],
    platforms: [],
  });
  assert.deepEqual(destination, { registry: 'ghcr.io', path: 'acme/shop', tags: ['v1.0-build.7'], plainHttp: false });
  assert.deepEqual([identity.name, identity.version], ['shop', 'v1.0+build.7']);
});

test('the context is seen from the workspace, the Dockerfile from the context', () => {
  const { wish } = order({ context: 'app', file: '../docker/Dockerfile' });

  assert.deepEqual([wish.context, wish.file], ['/work/app', '/work/docker/Dockerfile']);
});

test('tags keep their order, and come once', () => {
  assert.deepEqual(order({ tags: 'b, a\nb' }).destination.tags, ['b', 'a']);
});

test('the record describes the manifest, and is one that deploys accept', () => {
  const manifest = manifestOf(Buffer.from('{"schemaVersion":2}'), OCI_MANIFEST);

  const record = recordOf(order({ name: 'web', version: '2.0' }), manifest);

  assert.ok(!isProblems(parseRelease(JSON.parse(JSON.stringify(record)))));
  assert.deepEqual(
    [record.kind, record.name, record.version, record.size, record.mediaType, record.digest, record.locations],
    ['image', 'web', '2.0', 19, OCI_MANIFEST, manifest.digest, [`oci://ghcr.io/acme/shop@${manifest.digest}`]],
  );
});

test('a name that no release can have is told with the line to write', () => {
  const long = `ghcr.io/acme/${'x'.repeat(64)}`;

  assert.throws(() => order({ image: long }), /cannot name a release[\s\S]*fix: +name: shop/);
  assert.equal(order({ image: long, name: 'shop' }).identity.name, 'shop');
});

describe('a login', () => {
  test('is user name and password, without the line end of a pasted secret', () => {
    assert.deepEqual(credentialsOf(inputs({ username: 'ann', password: 'p w\n' })), {
      username: 'ann',
      password: 'p w',
    });
    assert.equal(credentialsOf(inputs({})), undefined);
  });

  for (const [half, says] of [
    [{ username: 'ann' }, /only "username", or an empty secret/],
    [{ password: 'x' }, /only "password"/],
  ] as const) {
    test(`by half is an error: ${Object.keys(half).join()}`, () => {
      const { result } = read({ image: 'shop', ...half });

      assert.ok(!result.ok);
      assert.match(result.problems[0]?.got ?? '', says);
    });
  }
});

describe('what cannot be used', () => {
  const cases: readonly (readonly [name: string, given: Readonly<Record<string, string>>, what: RegExp])[] = [
    ['no image', { image: '' }, /"image" is missing/],
    ['a tag in the image', { image: 'shop:v1' }, /"image" cannot be used/],
    ['a digest in the image', { image: `shop@sha256:${'a'.repeat(64)}` }, /"image" cannot be used/],
    ['a tag with a slash', { tags: 'v1, feature/x' }, /"tags" cannot be used/],
    ['a builder that is not known', { builder: 'kaniko' }, /"builder" cannot be used/],
  ];

  for (const [name, given, what] of cases) {
    test(name, () => {
      const { result } = read({ image: 'shop', ...given });

      assert.ok(!result.ok);
      assert.match(result.problems.map((problem) => problem.what).join(), what);
    });
  }
});
