import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { guarded } from '@slipway/effects/exec';
import { systemExec } from '@slipway/effects/exec-real';

const SAY_AND_STAY = ['sh', '-c', 'echo started; exec sleep 60'] as const;

test('a guarded child lives as long as its stdin is open, and ends with it', async () => {
  const child = systemExec.start({ argv: guarded(SAY_AND_STAY) });
  await once(child.stdout, 'data');
  const alive = await Promise.race([child.finished, new Promise((resolve) => setTimeout(resolve, 150, 'alive'))]);

  child.stdin.end();
  const { code } = await child.finished;

  assert.equal(alive, 'alive');
  assert.equal(code, 143);
});

test('a guarded child that ends by itself hands on its status at once', async () => {
  const child = systemExec.start({ argv: guarded(['sh', '-c', 'exit 7']) });

  const { code } = await child.finished;

  assert.equal(code, 7);
});
