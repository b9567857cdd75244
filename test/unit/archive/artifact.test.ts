import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { findArtifact, makeTransferable } from '@slipway/archive/artifact';
import { digestOf } from '@slipway/kernel/digest';
import { temporaryFolder } from '../../support/temp.ts';
import { file, growTree } from './trees.ts';

const bundleName = 'shop-1.4.2';

test('a file is transferred as it is, with its mode', async () => {
  await using dir = temporaryFolder();
  writeFileSync(dir.at('shop.jar'), 'bytes');
  chmodSync(dir.at('shop.jar'), 0o750);

  const artifact = await findArtifact('shop.jar', dir.path);

  assert.deepEqual(await makeTransferable(artifact, { scratch: dir.path, bundleName }), {
    file: dir.at('shop.jar'),
    digest: digestOf('bytes'),
    size: 5,
    mediaType: 'application/octet-stream',
    fileName: 'shop.jar',
    fileMode: '0750',
  });
});

test('a folder is packed under the name of the release', async () => {
  await using dir = temporaryFolder();
  growTree(dir.at('dist'), { a: file('a') });

  const artifact = await findArtifact('./dist/', dir.path);
  const {
    file: packed,
    digest,
    contentDigest,
    size,
    ...rest
  } = await makeTransferable(artifact, { scratch: dir.path, bundleName });

  assert.equal(artifact.path, dir.at('dist'));
  assert.equal(packed, dir.at('shop-1.4.2.tar.gz'));
  assert.deepEqual(rest, { mediaType: 'application/vnd.slipway.tree.v1.tar+gzip', fileName: 'shop-1.4.2.tar.gz' });
  assert.notEqual(digest, contentDigest);
  assert.ok(size > 0);
});

test('a link at the path itself is followed, and gives its name', async () => {
  await using dir = temporaryFolder();
  writeFileSync(dir.at('shop-1.4.2.jar'), 'bytes');
  symlinkSync('shop-1.4.2.jar', dir.at('shop.jar'));

  const artifact = await findArtifact('shop.jar', dir.path);

  assert.equal((await makeTransferable(artifact, { scratch: dir.path, bundleName })).fileName, 'shop.jar');
});

test('nothing, an empty file and a pipe are refused', async () => {
  await using dir = temporaryFolder();
  writeFileSync(dir.at('empty'), '');
  mkdirSync(dir.at('folder'));
  symlinkSync('gone', dir.at('dangling'));
  execFileSync('mkfifo', [dir.at('pipe')]);
  const options = { scratch: dir.path, bundleName };

  await assert.rejects(
    findArtifact('missing', dir.path),
    /nothing to publish at this path\.\n {2}got: {5}\/.*\/missing/,
  );
  await assert.rejects(findArtifact('empty/x', dir.path), /nothing to publish/);
  await assert.rejects(findArtifact('dangling', dir.path), /nothing to publish/);
  await assert.rejects(findArtifact('pipe', dir.path), /cannot be published\.\n.*a device, socket or pipe/);
  await assert.rejects(makeTransferable(await findArtifact('empty', dir.path), options), /The file ".*" is empty/);
  await assert.rejects(makeTransferable(await findArtifact('folder', dir.path), options), /The folder ".*" is empty/);
});
