import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forAll, settleAll } from '@slipway/kernel/parallel';

test('all items are worked on, so many at a time, and the results stand in their order', async () => {
  let now = 0;
  let most = 0;
  const work = async (item: number): Promise<number> => {
    now += 1;
    most = Math.max(most, now);
    for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
    now -= 1;
    return item * 10;
  };

  const results = await forAll([9, 1, 5, 3, 7], 2, work);

  assert.deepEqual(results, [90, 10, 50, 30, 70]);
  assert.equal(most, 2);
});

test('one that fails keeps no other from its end', async () => {
  const done: number[] = [];
  const work = async (item: number): Promise<void> => {
    if (item === 1) throw new Error('one');
    done.push(item);
  };

  const results = await settleAll([1, 2, 3], 1, work);

  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'fulfilled', 'fulfilled'],
  );
  await assert.rejects(forAll([1, 2], 4, work), /^Error: one$/);
  assert.deepEqual(done, [2, 3, 2]);
});

test('work that throws before it returns is a failure of its item too', async () => {
  const [result] = await settleAll(['a'], 1, () => {
    throw new Error('at once');
  });

  assert.equal(result?.status, 'rejected');
});
