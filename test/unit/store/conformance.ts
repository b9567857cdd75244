import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { systemClock } from '@slipway/effects/clock';
import { digestOf } from '@slipway/kernel/digest';
import { UserError } from '@slipway/kernel/errors';
import type { ReleaseRecord } from '@slipway/kernel/release';
import { openStore } from '@slipway/store/open';
import type { ReleaseDraft, Store } from '@slipway/store/store';
import { type TemporaryFolder, temporaryFolder } from '../../support/temp.ts';
import { startPublisher } from './publishers.ts';
import { draftOf, releaseAt, silent } from './releases.ts';

/** A store of its own for one test, and ways to spoil it that no publisher has. */
export interface StoreUnderTest extends AsyncDisposable {
  readonly uri: string;
  /** Changes the stored bytes of a release, keeping their length. */
  spoilBytes(record: ReleaseRecord): Promise<void>;
  /** Takes the stored bytes of a release away. */
  loseBytes(record: ReleaseRecord): Promise<void>;
}

const BYTES = 'the bytes of a release';
const OTHER = 'other bytes';

/** What every store owes its users, whatever it is made of. */
export function storeConformance(kind: string, create: () => StoreUnderTest): void {
  type Stage = { readonly store: Store; readonly dir: TemporaryFolder; readonly under: StoreUnderTest };

  function check(name: string, body: (stage: Stage) => Promise<void>): void {
    test(`${kind}: ${name}`, async () => {
      await using under = create();
      await using dir = temporaryFolder();
      await body({ store: openStore(under.uri, { clock: systemClock, log: silent }), dir, under });
    });
  }

  async function publish({ store, dir }: Stage, bytes: string | Uint8Array, overrides: Partial<ReleaseDraft> = {}) {
    const { draft, source } = releaseAt(dir.at('source'), bytes, overrides);
    return await store.put(draft, source);
  }

  check('a published release comes back, bytes and record', async (stage) => {
    const { outcome, record } = await publish(stage, BYTES);

    assert.equal(outcome, 'published');
    assert.deepEqual(record, { ...draftOf(BYTES), locations: [stage.under.uri] });
    assert.deepEqual(await stage.store.stat('shop', '1.4.2'), record);
    await assertWhole(stage, record, BYTES);
  });

  check('a record leads to its store', async (stage) => {
    const { record } = await publish(stage, BYTES);

    const again = openStore(record.locations[0] ?? '', { clock: systemClock, log: silent });

    assert.deepEqual(await again.stat('shop', '1.4.2'), record);
  });

  const SHAPES: readonly (readonly [string, string | Uint8Array, Partial<ReleaseDraft>])[] = [
    ['an empty file', '', {}],
    ['a file of several chunks', Buffer.alloc(3_500_000, 'abcdefg'), {}],
    ['an awkward file name', BYTES, { fileName: '-ä \n*"\\.jar' }],
    ['an awkward version', BYTES, { version: '0.1.0+build_5-rc.1' }],
    ['a version of 128 letters', BYTES, { version: 'v'.repeat(128) }],
    ['no mode and a content digest', BYTES, { contentDigest: digestOf('tar') }],
  ];
  for (const [name, bytes, overrides] of SHAPES) {
    check(`takes ${name}`, async (stage) => {
      const { record } = await publish(stage, bytes, overrides);

      assert.deepEqual(await stage.store.list('shop'), [record]);
      await assertWhole(stage, record, bytes);
    });
  }

  check('the same bytes again are a success that changes nothing', async (stage) => {
    const first = await publish(stage, BYTES);

    const again = await publish(stage, BYTES, {
      commit: 'b'.repeat(40),
      run: { id: '8', attempt: 1, number: 4, url: '' },
    });

    assert.deepEqual(again, { outcome: 'already-published', record: first.record });
    assert.deepEqual(await stage.store.stat('shop', '1.4.2'), first.record);
  });

  check('an equal tree, compressed differently, is the same content', async (stage) => {
    const contentDigest = digestOf('tar');
    const first = await publish(stage, BYTES, { contentDigest });

    const again = await publish(stage, OTHER, { contentDigest });

    assert.deepEqual(again, { outcome: 'already-published', record: first.record });
    await assertWhole(stage, first.record, BYTES);
  });

  check('other bytes under a published version are refused, naming both digests and commits', async (stage) => {
    const { record } = await publish(stage, BYTES);

    const refused = await refusal(publish(stage, OTHER, { commit: 'b'.repeat(40) }));

    assert.match(refused, /shop 1\.4\.2 is already published with other content/);
    for (const part of [digestOf(BYTES), digestOf(OTHER), 'a'.repeat(40), 'b'.repeat(40)]) {
      assert.ok(refused.includes(part), `${part} is missing in: ${refused}`);
    }
    await assertWhole(stage, record, BYTES);
  });

  check('names and versions are kept apart', async (stage) => {
    await publish(stage, 'one', { version: '1', commitTime: '2026-01-02T00:00:00Z' });
    await publish(stage, 'two', { version: '2', commitTime: '2026-01-03T00:00:00Z' });
    await publish(stage, 'ten', { version: '10', commitTime: '2026-01-01T00:00:00.5Z' });
    await publish(stage, 'else', { name: 'shop-admin', version: '1' });

    assert.deepEqual(
      (await stage.store.list('shop')).map(({ version }) => version),
      ['10', '1', '2'],
    );
    assert.deepEqual(
      (await stage.store.list('shop-admin')).map(({ size }) => size),
      [4],
    );
    assert.deepEqual(await stage.store.list('nobody'), []);
    assert.equal(await stage.store.stat('shop', '3'), undefined);
  });

  check('what was never published is refused by name', async (stage) => {
    const record: ReleaseRecord = { ...draftOf(BYTES), locations: [stage.under.uri] };

    assert.match(await refusal(stage.store.get(record, stage.dir.at('got'))), /has no shop 1\.4\.2/);
    assert.equal(existsSync(stage.dir.at('got')), false);
  });

  const EDITS: readonly Partial<ReleaseRecord>[] = [
    { version: '9.9.9' },
    { digest: digestOf('forged') },
    { contentDigest: digestOf('forged') },
    { size: 1 },
    { fileName: 'evil' },
    { fileMode: '0755' },
    { mediaType: 'text/plain' },
    { repository: 'evil/shop' },
    { ref: 'refs/heads/evil' },
    { commit: 'e'.repeat(40) },
    { commitTime: '2030-01-01T00:00:00Z' },
    { run: { id: '1', attempt: 1, number: 99, url: '' } },
    { expires: '2030-01-01T00:00:00Z' },
  ];
  for (const edit of EDITS) {
    const [field = ''] = Object.keys(edit);
    check(`a record with an edited ${field} is refused, naming both values`, async (stage) => {
      const { record } = await publish(stage, BYTES);

      const refused = await refusal(stage.store.get({ ...record, ...edit }, stage.dir.at('got')));

      assert.match(refused, new RegExp(`its "${field}" differs`));
      for (const from of [record, edit]) {
        const value = from[field as keyof ReleaseRecord];
        if (typeof value === 'string') assert.ok(refused.includes(value), refused);
      }
      assert.equal(existsSync(stage.dir.at('got')), false);
    });
  }

  check('where a copied store lies now is no edit', async (stage) => {
    const { record } = await publish(stage, BYTES);

    await assertWhole(stage, { ...record, locations: ['file:///where/it/was'] }, BYTES);
  });

  check('bytes that do not match their record are refused, naming both digests', async (stage) => {
    const { record } = await publish(stage, BYTES);
    await stage.under.spoilBytes(record);

    const refused = await refusal(stage.store.get(record, stage.dir.at('got')));

    assert.match(refused, /Digest mismatch/);
    assert.match(refused, new RegExp(`got: {5}sha256:(?!${record.digest.slice(7)})[^]*allowed: ${record.digest}`));
    assert.equal(existsSync(stage.dir.at('got')), false);
  });

  check('lost bytes are a clear error', async (stage) => {
    const { record } = await publish(stage, BYTES);
    await stage.under.loseBytes(record);

    assert.match(await refusal(stage.store.get(record, stage.dir.at('got'))), /The store has lost /);
  });

  check('a source that changed since it was described is refused, and publishes nothing', async (stage) => {
    const { draft, source } = releaseAt(stage.dir.at('source'), BYTES);
    writeFileSync(source, 'THE BYTES OF A RELEASE');

    assert.match(await refusal(stage.store.put(draft, source)), /changed while being published/);

    assert.equal(await stage.store.stat('shop', '1.4.2'), undefined);
    assert.equal((await publish(stage, OTHER)).outcome, 'published');
  });

  for (const [name, version] of [
    ['..', '1'],
    ['a/b', '1'],
    ['shop', '../../etc'],
    ['shop', ''],
    ['.publishing', '1'],
    ['shop', '.publishing'],
  ] as const) {
    check(`refuses "${name}" "${version}"`, async ({ store, dir }) => {
      const { draft, source } = releaseAt(dir.at('source'), BYTES, { name, version });

      assert.match(await refusal(store.stat(name, version)), /cannot name a release/);
      assert.match(await refusal(store.put(draft, source)), /cannot name a release/);
    });
  }

  check('of 20 racing publishers with different bytes exactly one wins', async (stage) => {
    const contents = Array.from({ length: 20 }, (_, index) => `${index} `.repeat(200_000));
    const racers = await Promise.all(
      contents.map((bytes, index) => startPublisher(stage.under.uri, releaseAt(stage.dir.at(`${index}`), bytes))),
    );

    const said = await Promise.all(racers.map((racer) => racer.go()));

    const winners = said.flatMap((text, index) => (text === 'published' ? [index] : []));
    assert.equal(winners.length, 1, said.join('\n'));
    const losers = said.filter((text) => /^refused shop 1\.4\.2 is (being|already) published with other/.test(text));
    assert.equal(losers.length, 19, said.join('\n'));
    const record = await stage.store.stat('shop', '1.4.2');
    assert.ok(record !== undefined);
    await assertWhole(stage, record, contents[winners[0] ?? -1] ?? '');
  });

  check('racing publishers of the same content all succeed, and one of them published it', async (stage) => {
    const wanted = releaseAt(stage.dir.at('source'), BYTES.repeat(100_000));
    const racers = await Promise.all(Array.from({ length: 6 }, () => startPublisher(stage.under.uri, wanted)));

    const said = await Promise.all(racers.map((racer) => racer.go()));

    assert.deepEqual(said.toSorted(), [...Array<string>(5).fill('already-published'), 'published']);
  });

  async function assertWhole({ store, dir }: Stage, record: ReleaseRecord, bytes: string | Uint8Array): Promise<void> {
    const destination = dir.at('new', 'folder', 'got');
    await store.get(record, destination);
    assert.ok(readFileSync(destination).equals(Buffer.from(bytes)), 'other bytes came back');
  }
}

/** The message of the UserError that this must end with. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => assert.fail('it was not refused'),
    (cause: unknown) => cause,
  );
  assert.ok(thrown instanceof UserError, thrown instanceof Error ? thrown.stack : String(thrown));
  return thrown.message;
}
