import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { systemExec } from '@slipway/effects/exec-real';
import type { Builder } from '@slipway/image/builders/builder';
import { type Manifest, manifestOf, OCI_MANIFEST } from '@slipway/image/manifest';
import { buildAndPush } from '@slipway/image/push';
import type { Registry } from '@slipway/image/registry';
import type { Destination, ImageWish } from '@slipway/image/wish';
import { keptLog } from '../../support/kept-log.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

const OURS = manifestOf(Buffer.from('{"ours":1}'), OCI_MANIFEST);
const THEIRS = manifestOf(Buffer.from('{"theirs":1}'), OCI_MANIFEST);
const WISH: ImageWish = { context: '/', file: '/x', buildArgs: [], labels: [], platforms: [] };
const DESTINATION: Destination = { registry: 'r', path: 'shop', tags: ['v1', 'v1.2', 'latest'], plainHttp: false };

interface World {
  readonly registry: Registry;
  readonly tags: Map<string, Manifest>;
  /** What was asked of the registry, in order. */
  readonly asked: string[];
}

/** A registry in memory that has the image already; `answer` may lie about a tag. */
function world(answer: (tag: string, count: number, truth: Manifest | undefined) => Manifest | undefined): World {
  const tags = new Map<string, Manifest>();
  const asked: string[] = [];
  const registry: Registry = {
    checkPush: () => Promise.resolve(),
    manifest(_path, what) {
      asked.push(`get ${what}`);
      const known = what === OURS.digest ? OURS : tags.get(what);
      const count = asked.filter((line) => line === `get ${what}`).length;
      return Promise.resolve(answer(what, count, known));
    },
    tag(_path, tag, manifest) {
      asked.push(`put ${tag}`);
      tags.set(tag, manifest);
      return Promise.resolve();
    },
  };
  return { registry, tags, asked };
}

/** A builder whose programs do nothing, and which then names this digest. */
function builder(pushes: Builder['pushes'], digest: Manifest['digest'] | undefined): Builder {
  return {
    name: 'docker',
    title: 'a builder',
    can: { platforms: 'none' },
    pushes,
    logins: 'docker',
    environment: (env) => env,
    steps: () => [{ does: 'push', argv: ['true'] }],
    pushedDigest: () => Promise.resolve(digest),
  };
}

async function push({ registry }: World, by: Builder): Promise<Manifest> {
  return await buildAndPush(
    { wish: WISH, destination: DESTINATION, builder: by },
    { folder: '/', scratch: '/', env: process.env },
    { exec: systemExec, clock: virtualClock(), log: keptLog(), registry },
  );
}

const truth = (_tag: string, _count: number, known: Manifest | undefined) => known;

test('after a push by digest every tag is put, then every tag is read', async () => {
  const here = world(truth);

  const manifest = await push(here, builder('digest', OURS.digest));

  assert.equal(manifest.digest, OURS.digest);
  assert.deepEqual(here.asked, [
    `get ${OURS.digest}`,
    'put v1',
    'put v1.2',
    'put latest',
    'get v1',
    'get v1.2',
    'get latest',
  ]);
});

test('after a push of the first tag only the others are put, and the first is read, too', async () => {
  const here = world(truth);
  here.tags.set('v1', OURS);

  await push(here, builder('first tag', OURS.digest));

  assert.deepEqual(here.asked.slice(1), ['put v1.2', 'put latest', 'get v1', 'get v1.2', 'get latest']);
});

describe('what is read back', () => {
  test('may come a moment late', async () => {
    const here = world((tag, count, known) => (tag === 'latest' && count < 4 ? undefined : known));

    assert.equal((await push(here, builder('digest', OURS.digest))).digest, OURS.digest);
  });

  test('is an error that names every tag that stands for something else', async () => {
    const here = world((tag, _count, known) => (tag === 'v1' ? THEIRS : tag === 'latest' ? undefined : known));

    await assert.rejects(push(here, builder('digest', OURS.digest)), (thrown: Error) => {
      assert.match(
        thrown.message,
        new RegExp(`The tag r/shop:v1 does not stand .*\n  got: +${THEIRS.digest}\n  allowed: ${OURS.digest}`),
      );
      assert.match(thrown.message, /The tag r\/shop:latest does not stand .*\n {2}got: +nothing\n/);
      assert.doesNotMatch(thrown.message, /v1\.2/);
      return true;
    });
  });
});

test('a digest that the registry does not have is an error, and no tag moves', async () => {
  const here = world(() => undefined);

  await assert.rejects(
    push(here, builder('digest', OURS.digest)),
    /pushed sha256:\S+, but the registry does not have it/,
  );

  assert.deepEqual([...here.tags], []);
});

test('a builder that does not tell what it pushed is an error', async () => {
  await assert.rejects(push(world(truth), builder('digest', undefined)), /a builder did not tell what it pushed/);
});
