import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '@slipway/k8s/object';
import { containersOf, podSpecOf } from '@slipway/k8s/pod-template';
import { parseImages } from '@slipway/k8s/render/image-lines';
import { withImages } from '@slipway/k8s/render/images';
import { digestOf } from '@slipway/kernel/digest';
import type { JsonObject } from '@slipway/kernel/json';
import { formatRelease, type ReleaseRecord } from '@slipway/kernel/release';
import * as fc from 'fast-check';
import { bare, web, workload } from '../../../support/kube-objects.ts';
import { aRecord } from '../../../support/releases.ts';

const DIGEST = digestOf('an image');
const PINNED = `registry:5000/shop@${DIGEST}`;

function imageRecord(more: Partial<ReleaseRecord> = {}): string {
  const { fileName: _fileName, ...record } = aRecord('v2');
  return formatRelease({ ...record, kind: 'image', digest: DIGEST, locations: ['registry:5000/shop:v2'], ...more });
}

function imagesOf(object: KubeObject | undefined): unknown[] {
  return containersOf(podSpecOf(object ?? bare('Pod', 'none')) ?? {}).map(({ image }) => image);
}

function imagesAfter(line: string, ...images: readonly string[]): unknown[] {
  const containers = images.map((image, index) => ({ name: `c${index}`, image }));
  return imagesOf(withImages([workload('Deployment', {}, { containers })], parseImages([line]))[0]);
}

describe('a line and the images it changes', () => {
  const others = ['registry:5000/shop-admin:v1', 'registry:5001/shop:v1', 'other:5000/shop:v1', 'shop:v1'];
  const rows: readonly (readonly [line: string, images: readonly string[], changed: string])[] = [
    [`registry:5000/shop=${PINNED}`, ['registry:5000/shop:v1', 'registry:5000/shop'], PINNED],
    [PINNED, [`registry:5000/shop:v1@${digestOf('old')}`], PINNED],
    [`nginx=${PINNED}`, ['nginx', 'docker.io/library/nginx:1', 'index.docker.io/library/nginx'], PINNED],
    [` shop.example/a/b = quay.io/x/y:v2@${DIGEST} `, ['shop.example/a/b:v1'], `quay.io/x/y:v2@${DIGEST}`],
    [imageRecord(), ['registry:5000/shop:v1'], PINNED],
    [`placeholder=${imageRecord()}`, ['placeholder'], PINNED],
    [imageRecord({ locations: [`oci://registry:5000/shop@${DIGEST}`] }), ['registry:5000/shop:v1'], PINNED],
  ];
  for (const [line, images, changed] of rows) {
    test(line.slice(0, 60), () => {
      const untouched = others.filter((image) => !images.includes(image));

      assert.deepEqual(imagesAfter(line, ...images, ...untouched), [...images.map(() => changed), ...untouched]);
    });
  }

  test('container:NAME is the name of a container, whatever its image', () => {
    assert.deepEqual(imagesAfter(`container:c1=${PINNED}`, 'a', 'IMAGE', 'c1'), ['a', PINNED, 'c1']);
  });
});

test('pods of every kind, init containers included, and nothing else', () => {
  const pod = { initContainers: [{ name: 'init', image: 'shop' }], containers: [{ name: 'app', image: 'shop:v1' }] };
  const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob', 'Pod'];
  const foreign = { ...workload('Deployment', {}, pod), apiVersion: 'example.com/v1' };

  const objects = withImages(
    [...kinds.map((kind) => workload(kind, {}, pod)), foreign],
    parseImages([`shop=${PINNED}`]),
  );

  for (const object of objects.slice(0, -1)) assert.deepEqual(imagesOf(object), [PINNED, PINNED], object.kind);
  assert.deepEqual(objects.at(-1), foreign);
});

test('the record of a line is kept', () => {
  assert.equal(parseImages([imageRecord(), PINNED])[0]?.release?.version, 'v2');
});

describe('refused', () => {
  const rows: readonly (readonly [name: string, lines: readonly string[], message: RegExp])[] = [
    [
      'a tag',
      ['shop=registry:5000/shop:v2'],
      /no digest.*fix: +shop=registry:5000\/shop@\$\{\{ steps\.image\.outputs\.digest \}\}/s,
    ],
    ['a bare name', ['nginx'], /no digest.*docker\.io\/library\/nginx@/s],
    ['no image', ['shop=https://x'], /names no image.*got: +"https:\/\/x"/s],
    ['a tag on the left', [`shop:v1=${PINNED}`], /no repository before "=".*shop/s],
    ['no container', [`container:=${PINNED}`], /names no container/],
    ['a release of files', [formatRelease(aRecord('v2'))], /no image.*kind file/s],
    ['a broken release', ['{"schema": 1}'], /another schema/],
    ['no JSON', ['{'], /no JSON/],
    [
      'a release without a registry',
      [imageRecord({ locations: ['s3://Bucket/x?y'] })],
      /in no registry.*s3:\/\/Bucket/s,
    ],
    [
      'a repository that is nowhere',
      [`other=${PINNED}`],
      /changes nothing.*docker\.io\/library\/other.*Deployment web: container app = registry:5000\/shop:v1/s,
    ],
    [
      'a container that is nowhere',
      [`container:web=${PINNED}`],
      /no container in the manifests is called web.*container app/s,
    ],
    ['a record that fits nothing', [imageRecord({ locations: ['a.io/x'] })], /container:NAME=\$\{\{ steps/],
    [
      'two for one container',
      [PINNED, `container:app=a.io/x@${DIGEST}`],
      /Several lines.*container app of Deployment shop\/web/s,
    ],
  ];
  for (const [name, lines, message] of rows) {
    test(name, () => {
      assert.throws(() => withImages([web()], parseImages(lines)), message);
    });
  }

  test('all that is wrong comes at once', () => {
    assert.throws(() => parseImages(['a=b', 'c=d', PINNED]), /got: +b\n[\s\S]*got: +d\n/);
    assert.throws(
      () => withImages([web()], parseImages([`x=${PINNED}`, `y=${PINNED}`])),
      /library\/x\.[\s\S]*library\/y\./,
    );
  });
});

test('a set without pods says so', () => {
  assert.throws(
    () => withImages([bare('ConfigMap', 'a')], parseImages([PINNED])),
    /no object in the manifests has pods/,
  );
});

const withoutImages = (object: KubeObject): string =>
  JSON.stringify(object, (key, value: unknown) => (key === 'image' ? undefined : value));

test('only images change, and only where a line fits', () => {
  const names = ['a', 'b/c', 'r:5000/a', 'r:5000/b/c', 'r/a', 'ghcr.io/a/b'];
  const image = fc.tuple(fc.constantFrom(...names), fc.constantFrom('', ':v1')).map(([name, tag]) => `${name}${tag}`);
  const pods = fc.array(fc.array(image, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(pods, fc.nat(), (all, which) => {
      const flat = all.flat();
      const repository = (flat[which % flat.length] ?? '').replace(/:v1$/, '');
      const objects = all.map((images) => {
        const containers: JsonObject[] = images.map((name, index) => ({ name: `c${index}`, image: name, env: [] }));
        return workload('Deployment', { replicas: 2 }, { containers, serviceAccountName: 'x' });
      });

      const changed = withImages(objects, parseImages([`${repository}=${PINNED}`]));

      assert.deepEqual(changed.map(withoutImages), objects.map(withoutImages));
      assert.deepEqual(
        changed.flatMap(imagesOf),
        flat.map((name) => (name.replace(/:v1$/, '') === repository ? PINNED : name)),
      );
    }),
  );
});
