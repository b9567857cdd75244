import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStore, parseStoreUri } from '@slipway/store/open';
import { hurried } from './releases.ts';

const READ: readonly (readonly [string, string, string])[] = [
  ['file:///srv/releases', '/srv/releases', 'file:///srv/releases'],
  ['file:///srv/releases//', '/srv/releases', 'file:///srv/releases'],
  ['file:///srv/a/../b', '/srv/b', 'file:///srv/b'],
  ['file:///srv/two%20words%3F', '/srv/two words?', 'file:///srv/two%20words%3F'],
  ['file:///srv/two words', '/srv/two words', 'file:///srv/two%20words'],
  ['file:///srv/ä', '/srv/ä', 'file:///srv/%C3%A4'],
];

for (const [given, folder, uri] of READ) {
  test(`reads ${given}`, () => {
    assert.deepEqual(parseStoreUri(given), { kind: 'directory', folder, uri });
    assert.deepEqual(parseStoreUri(uri), { kind: 'directory', folder, uri });
    assert.equal(openStore(given, hurried).uri, uri);
  });
}

for (const given of [
  '',
  '/srv/releases',
  'srv',
  'file:srv',
  'file://srv/releases',
  'file://user:password@host/srv',
  'file:///',
  'file:////',
  'file:///srv?x=1',
  'file:///srv#x',
  'file:///srv%2fx',
  'file:///srv%00x',
  'file:///srv%ffx',
  's3://bucket/shop',
  'FILE:///srv',
]) {
  test(`has no store for "${given}"`, () => {
    assert.equal(parseStoreUri(given), undefined);
    assert.throws(
      () => openStore(given, hurried),
      /There is no store for this URI[\s\S]*allowed: file:\/\/\/absolute\/folder/,
    );
  });
}

test('tells what to write for a path, and never prints what may be a password', () => {
  assert.throws(() => openStore('/srv/releases', hurried), /fix: {5}store: file:\/\/\/srv\/releases/);
  assert.throws(
    () => openStore('s3://key:secret@bucket', hurried),
    (thrown) => thrown instanceof Error && !thrown.message.includes('secret') && thrown.message.includes('s3:'),
  );
});
