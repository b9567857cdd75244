import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifestOf, OCI_INDEX, OCI_MANIFEST, partsOf } from '@slipway/image/manifest';
import { contentOf } from '@slipway/image/summary';

function part(size: number) {
  return { mediaType: 'application/x', digest: `sha256:${'0'.repeat(64)}`, size };
}

function manifest(content: unknown, mediaType = OCI_MANIFEST) {
  return manifestOf(Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)), mediaType);
}

test('an image is its layers, and what a pull transfers', () => {
  const image = manifest({ config: part(1_000_000), layers: [part(2_000_000), part(340_000)] });

  assert.equal(contentOf(image), '2 layers, 3.3 MB to pull');
  assert.equal(contentOf(manifest({ config: part(1), layers: [part(1)] })), '1 layer, 0.0 MB to pull');
});

test('an index is its images', () => {
  assert.equal(contentOf(manifest({ manifests: [part(1), part(1)] }, OCI_INDEX)), 'an index of 2 images');
  assert.equal(contentOf(manifest({ manifests: [part(1)] }, OCI_INDEX)), 'an index of 1 image');
});

test('bytes that are no manifest have no parts', () => {
  for (const content of [
    '',
    '[]',
    '{"config":1,"layers":"x","manifests":[{}]}',
    { layers: [{ ...part(1), digest: 'x' }] },
  ]) {
    assert.deepEqual(partsOf(manifest(content)), []);
  }
});
