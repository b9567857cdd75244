import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { systemClock } from '@slipway/effects/clock';
import { digestOf } from '@slipway/kernel/digest';
import { formatRelease, type ReleaseRecord } from '@slipway/kernel/release';
import { fetchRelease } from '@slipway/store/fetch-release';
import { openStore } from '@slipway/store/open';
import { readReleaseInput } from '@slipway/store/release-input';
import { type TemporaryFolder, temporaryFolder } from '../../support/temp.ts';
import { releaseAt, silent } from './releases.ts';

const ports = { clock: systemClock, log: silent };

async function published(dir: TemporaryFolder): Promise<{ readonly record: ReleaseRecord; readonly uri: string }> {
  mkdirSync(dir.at('store'));
  const uri = pathToFileURL(dir.at('store')).href;
  const { draft, source } = releaseAt(dir.at('source'), 'the bytes');
  const { record } = await openStore(uri, ports).put(draft, source);
  return { record, uri };
}

test('a release is read from JSON, from a path in the workspace, and from its place in a store', async () => {
  await using dir = temporaryFolder();
  const { record, uri } = await published(dir);
  writeFileSync(dir.at('release.json'), formatRelease(record));

  const inputs = [
    formatRelease(record),
    'release.json',
    dir.at('release.json'),
    `${uri}#${record.name}/${record.version}`,
  ];
  const read = await Promise.all(inputs.map((input) => readReleaseInput(input, dir.path, ports)));

  for (const found of read) assert.deepEqual(found, record);
});

test('the record of an image is in no store: its addresses have to name its digest', async () => {
  await using dir = temporaryFolder();
  const { record } = await published(dir);
  const { digest } = record;
  const image: ReleaseRecord = { ...record, kind: 'image', locations: [`oci://registry.example.com/shop@${digest}`] };

  assert.deepEqual(await readReleaseInput(formatRelease(image), dir.path, ports), image);

  for (const other of ['oci://registry.example.com/shop:v1', `https://registry.example.com/shop@${digest}`]) {
    const edited = formatRelease({ ...image, locations: [other] });
    await assert.rejects(readReleaseInput(edited, dir.path, ports), /an address of it does not name its digest/);
  }
});

const REFUSED: readonly {
  readonly what: string;
  readonly input: (record: ReleaseRecord, uri: string) => string;
  readonly says: RegExp;
}[] = [
  { what: 'no JSON and no file', input: () => 'v1', says: /neither JSON nor a file.*got: {5}v1/s },
  { what: 'broken JSON', input: () => '{"schema"', says: /is no JSON/ },
  { what: 'another schema', input: () => '{"schema":"other/v1"}', says: /another schema.*slipway\.release\/v1/s },
  {
    what: 'a digest edited by hand',
    input: (r) => formatRelease({ ...r, digest: digestOf('else') }),
    says: /"digest" differs/,
  },
  { what: 'a version edited by hand', input: (r) => formatRelease({ ...r, version: 'v9' }), says: /"version" differs/ },
  { what: 'a release that no store has', input: (_r, uri) => `${uri}#shop/v9`, says: /has no release shop v9/ },
  {
    what: 'a store that is gone',
    input: (r) => formatRelease({ ...r, locations: ['file:///nowhere/at/all'] }),
    says: /in none of its stores/,
  },
];

for (const { what, input, says } of REFUSED) {
  test(`refused: ${what}`, async () => {
    await using dir = temporaryFolder();
    const { record, uri } = await published(dir);

    await assert.rejects(readReleaseInput(input(record, uri), dir.path, ports), says);
  });
}

test('bytes come from the first store that has them', async () => {
  await using dir = temporaryFolder();
  const { record } = await published(dir);
  const moved = { ...record, locations: ['file:///nowhere/at/all', ...record.locations] };

  const path = await fetchRelease(moved, dir.at('here'), ports);

  assert.equal(readFileSync(path, 'utf8'), 'the bytes');
});

test('bytes that no store has are an error that names all stores', async () => {
  await using dir = temporaryFolder();
  const { record } = await published(dir);
  const lost = { ...record, locations: ['file:///nowhere/one', 'file:///nowhere/two'] };

  await assert.rejects(fetchRelease(lost, dir.at('here'), ports), /nowhere\/one, file:\/\/\/nowhere\/two/);
});

test('with pull, a location for hosts stands beside a store that confirms the record, or alone', async () => {
  await using dir = temporaryFolder();
  const { record } = await published(dir);
  const web = 'https://releases.example.com';
  const read = (given: ReleaseRecord, transfer: 'push' | 'pull'): Promise<ReleaseRecord> =>
    readReleaseInput(formatRelease(given), dir.path, ports, transfer);
  const both = { ...record, locations: [web, ...record.locations] };
  const alone = { ...record, locations: [web] };

  assert.deepEqual([await read(both, 'pull'), await read(both, 'push')], [both, both]);
  assert.deepEqual(await read(alone, 'pull'), alone);
  await assert.rejects(read({ ...both, version: 'v9' }, 'pull'), /"version" differs/);
  await assert.rejects(read(alone, 'push'), /no store for this URI/);
});
