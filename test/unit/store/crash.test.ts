import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { openStore } from '@slipway/store/open';
import { temporaryFolder } from '../../support/temp.ts';
import { refusal } from './conformance.ts';
import { startPublisher } from './publishers.ts';
import { hurried, releaseAt, type Wanted } from './releases.ts';

const PRELOAD = `--import=${new URL('kill-at.ts', import.meta.url).href}`;
const BYTES = 'whole or nothing '.repeat(150_000);

test('a publisher that is killed before any of its writes leaves the whole release or none', async (t) => {
  await using dir = temporaryFolder();
  const wanted = releaseAt(dir.at('source'), BYTES);
  const other = releaseAt(dir.at('other'), 'other bytes', { commit: 'b'.repeat(40) });

  let point = 0;
  let said = '';
  const seen = new Set<string>();
  while (said === '') {
    point += 1;
    const [again, instead] = [dir.at(`again-${point}`), dir.at(`instead-${point}`)];
    const publisher = await startPublisher(pathToFileURL(again).href, wanted, {
      flags: [PRELOAD],
      env: { KILL_AT: String(point) },
    });
    said = await publisher.go();
    if (existsSync(again)) cpSync(again, instead, { recursive: true });

    const isThere = await isWhole(again, wanted, dir.at(`got-${point}`));
    seen.add(isThere ? 'whole' : 'nothing');

    await assertRerun(again, wanted, isThere);
    await assertSuccessor(instead, other, isThere);
  }

  t.diagnostic(`${point - 1} points`);
  assert.equal(said, 'published');
  assert.ok(point > 20, `only ${point} points`);
  assert.deepEqual([...seen], ['nothing', 'whole']);
});

/** What a reader finds right after the crash. */
async function isWhole(folder: string, { draft }: Wanted, destination: string): Promise<boolean> {
  const store = openStore(pathToFileURL(folder).href, hurried);
  const record = await store.stat(draft.name, draft.version);
  assert.equal((await store.list(draft.name)).length, record === undefined ? 0 : 1);
  if (record === undefined) return false;
  await store.get(record, destination);
  assert.equal(readFileSync(destination, 'utf8'), BYTES);
  return true;
}

/** The same job again completes the work, and takes the leftovers away. */
async function assertRerun(folder: string, { draft, source }: Wanted, isThere: boolean): Promise<void> {
  const { outcome } = await openStore(pathToFileURL(folder).href, hurried).put(draft, source);

  assert.equal(outcome, isThere ? 'already-published' : 'published');
  assert.deepEqual(readdirSync(`${folder}/shop/1.4.2`).toSorted(), ['release.json', 'shop.jar']);
  assert.deepEqual(readdirSync(`${folder}/shop`).toSorted(), ['.publishing', '1.4.2']);
  assert.deepEqual(readdirSync(`${folder}/shop/.publishing`), []);
}

/** Other bytes win when nothing is there, and lose when the dead publisher had come through. */
async function assertSuccessor(folder: string, { draft, source }: Wanted, isThere: boolean): Promise<void> {
  const store = openStore(pathToFileURL(folder).href, hurried);

  if (isThere) assert.match(await refusal(store.put(draft, source)), /already published with other content/);
  else assert.equal((await store.put(draft, source)).outcome, 'published');
}
