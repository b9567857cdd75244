import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { buildahBuilder } from '@slipway/image/builders/buildah';
import type { Builder } from '@slipway/image/builders/builder';
import { buildxBuilder, readInstance } from '@slipway/image/builders/buildx';
import { digestInPush, dockerBuilder } from '@slipway/image/builders/docker';
import type { Destination, ImageWish } from '@slipway/image/wish';
import { temporaryFolder } from '../../../support/temp.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const PLAIN: ImageWish = { context: '/work', file: '/work/Dockerfile', buildArgs: [], labels: [], platforms: [] };
const RICH: ImageWish = {
  context: '/work/app',
  file: '/work/docker/app.Dockerfile',
  buildArgs: ['A=1', 'B=x y'],
  target: 'runtime',
  labels: ['team=web'],
  platforms: [],
};
const HUB: Destination = { registry: 'ghcr.io', path: 'acme/shop', tags: ['1.4', 'latest'], plainHttp: false };
const LOOPBACK: Destination = { registry: '127.0.0.1:5000', path: 'shop', tags: ['v1'], plainHttp: false };
const RICH_FLAGS =
  '--file /work/docker/app.Dockerfile --build-arg A=1 --build-arg B=x y --target runtime --label team=web';
const BY_DIGEST = 'push-by-digest=true,name-canonical=true,push=true';

const docker = dockerBuilder('20.10.24');
const engine = buildxBuilder('v0.38.2', 'docker');
const remote = buildxBuilder('v0.38.2', 'remote');
const buildah = buildahBuilder('1.28.2');

interface Row {
  readonly name: string;
  readonly builder: Builder;
  readonly wish: ImageWish;
  readonly to: Destination;
  readonly expected: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: 'docker, the least',
    builder: docker,
    wish: PLAIN,
    to: HUB,
    expected: [
      'build: docker build --tag ghcr.io/acme/shop:1.4 --file /work/Dockerfile /work',
      'push: docker push ghcr.io/acme/shop:1.4',
    ],
  },
  {
    name: 'docker, all that it can',
    builder: docker,
    wish: RICH,
    to: LOOPBACK,
    expected: [
      `build: docker build --tag 127.0.0.1:5000/shop:v1 ${RICH_FLAGS} /work/app`,
      'push: docker push 127.0.0.1:5000/shop:v1',
    ],
  },
  {
    name: 'buildx in the engine',
    builder: engine,
    wish: { ...RICH, platforms: ['linux/arm64'] },
    to: HUB,
    expected: [
      `build: docker buildx build --progress plain --provenance=false --platform linux/arm64 ${RICH_FLAGS} --load --tag ghcr.io/acme/shop:1.4 /work/app`,
      'push: docker push ghcr.io/acme/shop:1.4',
    ],
  },
  {
    name: 'buildx with a daemon of its own',
    builder: remote,
    wish: { ...PLAIN, platforms: ['linux/amd64', 'linux/arm64'] },
    to: HUB,
    expected: [
      `build and push: docker buildx build --progress plain --provenance=false --platform linux/amd64,linux/arm64 --file /work/Dockerfile --output type=image,name=ghcr.io/acme/shop,${BY_DIGEST} --metadata-file /scratch/metadata.json /work`,
    ],
  },
  {
    name: 'buildx with a daemon of its own, to a registry without TLS',
    builder: remote,
    wish: PLAIN,
    to: { ...HUB, plainHttp: true },
    expected: [
      `build and push: docker buildx build --progress plain --provenance=false --file /work/Dockerfile --output type=image,name=ghcr.io/acme/shop,${BY_DIGEST},registry.insecure=true --metadata-file /scratch/metadata.json /work`,
    ],
  },
  {
    name: 'buildah',
    builder: buildah,
    wish: RICH,
    to: HUB,
    expected: [
      `build: buildah build --tag ghcr.io/acme/shop:1.4 ${RICH_FLAGS} /work/app`,
      'push: buildah push --digestfile /scratch/pushed-digest ghcr.io/acme/shop:1.4 docker://ghcr.io/acme/shop:1.4',
    ],
  },
  {
    name: 'buildah to a registry on loopback',
    builder: buildah,
    wish: PLAIN,
    to: LOOPBACK,
    expected: [
      'build: buildah build --tag 127.0.0.1:5000/shop:v1 --file /work/Dockerfile /work',
      'push: buildah push --tls-verify=false --digestfile /scratch/pushed-digest 127.0.0.1:5000/shop:v1 docker://127.0.0.1:5000/shop:v1',
    ],
  },
];

describe('the commands of a builder', () => {
  for (const { name, builder, wish, to, expected } of rows) {
    test(name, () => {
      const steps = builder.steps(wish, to, '/scratch');

      assert.deepEqual(
        steps.map(({ does, argv }) => `${does}: ${argv.join(' ')}`),
        expected,
      );
    });
  }

  test('a value is one argument, whatever is in it', () => {
    const [step] = docker.steps({ ...PLAIN, buildArgs: ['A=$(x) "y" z'] }, HUB, '/scratch');

    assert.ok(step?.argv.includes('A=$(x) "y" z'));
  });
});

describe('the environment of a builder', () => {
  test('plain docker goes without BuildKit', () => {
    assert.deepEqual(docker.environment({ A: '1', DOCKER_BUILDKIT: '1' }), { A: '1', DOCKER_BUILDKIT: '0' });
  });

  test('buildah isolates by chroot, unless the user says otherwise', () => {
    assert.deepEqual(buildah.environment({ A: '1' }), { A: '1', BUILDAH_ISOLATION: 'chroot' });
    assert.deepEqual(buildah.environment({ BUILDAH_ISOLATION: 'oci' }), { BUILDAH_ISOLATION: 'oci' });
  });
});

describe('the digest that was pushed', () => {
  test('stands in the last line of docker push', () => {
    const said = `v1: Preparing\nabc: Pushed\nv1: digest: ${DIGEST} size: 528\n`;

    assert.equal(digestInPush(said), DIGEST);
    assert.equal(digestInPush('abc: Pushed\n'), undefined);
    assert.equal(digestInPush('v1: digest: sha256:abc size: 528'), undefined);
  });

  test('stands in the files that buildx and buildah write', async () => {
    await using dir = temporaryFolder();
    assert.deepEqual(await Promise.all([remote, buildah].map((builder) => builder.pushedDigest('', dir.path))), [
      undefined,
      undefined,
    ]);
    mkdirSync(dir.at('scratch'));
    writeFileSync(dir.at('scratch', 'metadata.json'), JSON.stringify({ 'containerimage.digest': DIGEST }));
    writeFileSync(dir.at('scratch', 'pushed-digest'), `${DIGEST}\n`);

    const found = await Promise.all([remote, buildah].map((each) => each.pushedDigest('', dir.at('scratch'))));

    assert.deepEqual(found, [DIGEST, DIGEST]);
  });
});

describe('what buildx says of its builder', () => {
  const cases: readonly (readonly [name: string, text: string, ReturnType<typeof readInstance>])[] = [
    [
      'in the engine',
      'Name:   default\nDriver: docker\n\nNodes:\nName:     default\nEndpoint: default\nStatus:   running\n',
      { driver: 'docker', problem: undefined },
    ],
    [
      'no engine',
      'Name:   default\nDriver: \nError:  failed to connect to the docker API at unix:///tmp/nope\n',
      { driver: '', problem: 'failed to connect to the docker API at unix:///tmp/nope' },
    ],
    [
      'a daemon elsewhere that is gone',
      'Name:          r\nDriver:        remote\n\nNodes:\nName:     r0\nEndpoint: unix:///r.sock\nStatus:   inactive\n',
      { driver: 'remote', problem: 'nothing at unix:///r.sock' },
    ],
    [
      'a container that the build will start',
      'Name:          c\nDriver:        docker-container\n\nNodes:\nName: c0\nStatus: inactive\n',
      { driver: 'docker-container', problem: undefined },
    ],
  ];

  for (const [name, text, expected] of cases) test(name, () => assert.deepEqual(readInstance(text), expected));
});
