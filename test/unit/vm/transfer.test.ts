import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Said } from '@slipway/vm/remote';
import { goOn, loaderOf } from '@slipway/vm/transfer';
import { keptLog } from '../../support/kept-log.ts';
import { aRecord } from '../../support/releases.ts';

const release = aRecord('v1', { size: 100 });
const STAGED: Said = [['staged', 'now']];
const ANEW: Said = [['anew', 'what lay here was no beginning of v1']];

for (const [what, begun, answers, offsets, fails] of [
  ['nothing lies there', 0, [STAGED], [0], undefined],
  ['a beginning lies there', 40, [STAGED], [40], undefined],
  ['all of it lies there', 100, [STAGED], [100], undefined],
  ['more than all lies there', 101, [STAGED], [0], undefined],
  ['what lies there is none', 40, [ANEW, STAGED], [40, 0], undefined],
  ['it is none twice', 40, [ANEW, ANEW], [40, 0], /did not come whole: what lay here/],
] as const) {
  test(`a transfer begins where it has to: ${what}`, async () => {
    const asked: number[] = [];
    const attempt = (offset: number): Promise<Said> => Promise.resolve(answers[asked.push(offset) - 1] ?? []);

    const work = goOn({ member: 'web-1', release, begun }, attempt, keptLog());

    if (fails === undefined) await work;
    else await assert.rejects(work, fails);
    assert.deepEqual(asked, offsets);
  });
}

test('with a pull nothing is fetched to the runner, and what is secret is marked as such', async () => {
  const { signal } = new AbortController();
  const source = { from: 's3://b/k', url: 'https://b.example.com/k?x="\\', presigned: true, until: 'then' };
  const load = await loaderOf(release, { bytes: notFetched, pull: () => Promise.resolve(source) }, signal);

  const { vars, input } = await load(40);

  assert.equal(input, undefined);
  assert.deepEqual(vars, {
    pull_from: 's3://b/k',
    pull_url: 'https://b.example.com/k?x=%22%5C',
    pull_auth: '',
    pull_secret: 'yes',
    pull_until: 'then',
  });
});

test('a login that would end a word of the configuration of curl is refused', async () => {
  const { signal } = new AbortController();
  const source = {
    from: 'x',
    url: 'https://x',
    presigned: false,
    authorization: 'Bearer a"\nurl = "file:///etc/passwd',
  };
  const load = await loaderOf(release, { bytes: notFetched, pull: () => Promise.resolve(source) }, signal);

  await assert.rejects(load(0), /holds what no header may/);
});

function notFetched(): Promise<string> {
  return assert.fail('fetched');
}
