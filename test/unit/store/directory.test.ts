import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { systemClock } from '@slipway/effects/clock';
import { digestOf } from '@slipway/kernel/digest';
import { userError } from '@slipway/kernel/errors';
import type { ReleaseRecord } from '@slipway/kernel/release';
import { openStore } from '@slipway/store/open';
import { temporaryFolder } from '../../support/temp.ts';
import { refusal, type StoreUnderTest, storeConformance } from './conformance.ts';
import { startPublisher } from './publishers.ts';
import { draftOf, hurried, hurriedClock, releaseAt, silent } from './releases.ts';

function temporaryStore(): StoreUnderTest & { readonly folder: string } {
  const dir = temporaryFolder();
  const folder = dir.at('a store');
  const pathOf = (record: ReleaseRecord): string => join(folder, record.name, record.version, record.fileName ?? '');
  return {
    folder,
    uri: pathToFileURL(folder).href,
    // oxlint-disable-next-line require-await
    spoilBytes: async (record) => writeFileSync(pathOf(record), 'x'.repeat(statSync(pathOf(record)).size)),
    // oxlint-disable-next-line require-await
    loseBytes: async (record) => rmSync(pathOf(record)),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

/** For tests that wait for another publisher. */
const LIMIT = { timeout: 20_000 };

storeConformance('file', temporaryStore);

test('a version is a folder with the bytes and the record, and nothing else is left', async () => {
  await using under = temporaryStore();
  await using dir = temporaryFolder();
  const { draft, source } = releaseAt(dir.at('source'), 'bytes');

  await openStore(under.uri, hurried).put(draft, source);

  assert.deepEqual(filesIn(under.folder), [
    'shop',
    'shop/.publishing',
    'shop/1.4.2',
    'shop/1.4.2/release.json',
    'shop/1.4.2/shop.jar',
  ]);
});

test('a living publisher of other content is not disturbed', LIMIT, async (t) => {
  await using under = temporaryStore();
  await using dir = temporaryFolder();
  using source = fifo(dir.at('slow'));
  const slow = { draft: draftOf('slow bytes', { commit: 'c'.repeat(40) }), source: source.path };
  const fast = releaseAt(dir.at('fast'), 'fast bytes');
  const publishing = openStore(under.uri, hurried).put(slow.draft, slow.source);
  await untilThere(t, join(under.folder, 'shop/.publishing/1.4.2/claim.json'));

  const refused = await refusal(openStore(under.uri, hurried).put(fast.draft, fast.source));
  await source.write('slow bytes');

  assert.match(refused, /shop 1\.4\.2 is being published with other content/);
  for (const part of [slow.draft.digest, slow.draft.commit, fast.draft.digest, fast.draft.commit]) {
    assert.ok(refused.includes(part), refused);
  }
  assert.equal((await publishing).outcome, 'published');
});

test('the claim of a dead publisher of other content is taken over', LIMIT, async (t) => {
  await using under = temporaryStore();
  await using dir = temporaryFolder();
  using endless = fifo(dir.at('dead'));
  const dead = await startPublisher(under.uri, { draft: draftOf('dead'), source: endless.path });
  const dying = dead.go();
  await untilThere(t, join(under.folder, 'shop/.publishing/1.4.2/claim.json'));
  await dead.kill();
  await dying;
  const { draft, source } = releaseAt(dir.at('source'), 'living');

  const { outcome } = await openStore(under.uri, hurried).put(draft, source);

  assert.equal(outcome, 'published');
  assert.equal(
    filesIn(under.folder).some((path) => path.startsWith('shop/.publishing/')),
    false,
  );
});

test('a publisher that sleeps while its claim is taken over loses, and overwrites nothing', LIMIT, async (t) => {
  await using under = temporaryStore();
  await using dir = temporaryFolder();
  using bytes = fifo(dir.at('asleep'));
  const asleep = { draft: draftOf('asleep'), source: bytes.path };
  const neverBeats = {
    ...hurriedClock,
    sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(60_000, signal),
  };
  const sleeping = openStore(under.uri, { clock: neverBeats, log: silent }).put(asleep.draft, asleep.source);
  const refused = refusal(sleeping);
  await untilThere(t, join(under.folder, 'shop/.publishing/1.4.2/claim.json'));
  const awake = releaseAt(dir.at('awake'), 'awake');
  const store = openStore(under.uri, hurried);

  const { record } = await store.put(awake.draft, awake.source);
  await bytes.write('asleep');

  assert.match(await refused, /already published with other content/);
  assert.equal(record.digest, digestOf('awake'));
  await store.get(record, dir.at('got'));
  assert.deepEqual(await store.list('shop'), [record]);
});

test('a cancelled publisher stops at once, publishes nothing and lets the next one in', LIMIT, async (t) => {
  await using under = temporaryStore();
  await using dir = temporaryFolder();
  writeFileSync(dir.at('endless'), '');
  // Without blocks on the disk, and far more than is copied before the test ends.
  truncateSync(dir.at('endless'), 64 * 1024 ** 3);
  const controller = new AbortController();
  const store = openStore(under.uri, { clock: systemClock, log: silent, signal: controller.signal });
  const publishing = refusal(store.put(draftOf('never'), dir.at('endless')));
  await untilThere(t, join(under.folder, 'shop/.publishing/1.4.2/claim.json'));

  controller.abort(userError('The run was cancelled (SIGINT).'));

  assert.equal(await publishing, 'The run was cancelled (SIGINT).');
  const { draft, source } = releaseAt(dir.at('source'), 'next');
  const next = await openStore(under.uri, { clock: systemClock, log: silent }).put(draft, source);
  assert.equal(next.outcome, 'published');
});

test('something else under the name of a version is left alone', async () => {
  await using under = temporaryStore();
  await using dir = temporaryFolder();
  mkdirSync(join(under.folder, 'shop/1.4.2'), { recursive: true });
  writeFileSync(join(under.folder, 'shop/1.4.2/notes.txt'), 'mine');
  const { draft, source } = releaseAt(dir.at('source'), 'bytes');

  assert.match(await refusal(openStore(under.uri, hurried).put(draft, source)), /holds something that is no release/);

  assert.deepEqual(readdirSync(join(under.folder, 'shop/1.4.2')), ['notes.txt']);
});

test('a broken record of the store is named', async () => {
  await using under = temporaryStore();
  mkdirSync(join(under.folder, 'shop/1.4.2'), { recursive: true });
  const path = join(under.folder, 'shop/1.4.2/release.json');
  const store = openStore(under.uri, hurried);

  writeFileSync(path, '{"schema":');
  assert.match(await refusal(store.stat('shop', '1.4.2')), /release\.json is broken[\s\S]*not a JSON object/);
  writeFileSync(path, '{"schema":"slipway.release/v1"}');
  assert.match(await refusal(store.list('shop')), /release\.json is broken[\s\S]*"digest" is wrong/);
});

test('a file called like the record is refused', async () => {
  await using under = temporaryStore();
  await using dir = temporaryFolder();
  const { draft, source } = releaseAt(dir.at('source'), 'bytes', { fileName: 'release.json' });

  assert.match(await refusal(openStore(under.uri, hurried).put(draft, source)), /release\.json cannot be published/);
});

test('a store that cannot be written is a clear error', async () => {
  await using dir = temporaryFolder();
  writeFileSync(dir.at('file'), '');
  const { draft, source } = releaseAt(dir.at('source'), 'bytes');
  const store = openStore(pathToFileURL(dir.at('file', 'store')).href, hurried);

  assert.match(
    await refusal(store.put(draft, source)),
    /The store file:\/\/.* cannot be written\.\n {2}got: {5}a part of the path is not a folder/,
  );
});

test('a folder without the right to write is a clear error', async () => {
  await using dir = temporaryFolder();
  mkdirSync(dir.at('store'), { mode: 0o555 });
  const wanted = releaseAt(dir.at('source'), 'bytes');
  // Root may write everywhere, unless it gives up its capabilities.
  const under = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : [];
  const publisher = await startPublisher(pathToFileURL(dir.at('store')).href, wanted, { under });

  const said = await publisher.go();

  assert.match(said, /^refused The store file:\/\/.* cannot be written\.\n {2}got: {5}permission denied/);
});

test('a disk that fills up is a clear error, and leaves no half of a release', async () => {
  await using under = temporaryStore();
  await using dir = temporaryFolder();
  const { draft, source } = releaseAt(dir.at('source'), 'x'.repeat(300_000));
  const publisher = fileURLToPath(new URL('publisher.ts', import.meta.url));
  // A limit on the size of a file fails as a full disk does: in the middle of a write.
  const argv = ['-c', 'ulimit -f 100; exec "$@"', 'sh', process.execPath, '--conditions=@slipway/source', publisher];

  const { stdout } = spawnSync('sh', [...argv, under.uri, JSON.stringify({ draft, source })], {
    encoding: 'utf8',
    input: 'go\n',
  });

  assert.match(stdout, /refused The store .* cannot be written\.\n {2}got: {5}the file would be larger than allowed/);
  assert.deepEqual(filesIn(under.folder), ['shop', 'shop/.publishing', 'shop/.publishing/1.4.2']);
  assert.equal((await openStore(under.uri, hurried).put(draft, source)).outcome, 'published');
});

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
}

/** A source that keeps its reader waiting until something is written into it, at the latest until the test ends. */
function fifo(path: string): Disposable & { readonly path: string; write(text: string): Promise<void> } {
  execFileSync('mkfifo', [path]);
  // Both ends at once: the only way that never waits, and lets everybody go who does.
  const letGo = (): void => closeSync(openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
  return { path, write: (text) => writeFile(path, text), [Symbol.dispose]: letGo };
}

async function untilThere(t: TestContext, path: string): Promise<void> {
  while (statSync(path, { throwIfNoEntry: false }) === undefined) await systemClock.sleep(5, t.signal);
}
