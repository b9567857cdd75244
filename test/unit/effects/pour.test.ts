import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { systemExec } from '@slipway/effects/exec-real';
import { pourFrom } from '@slipway/effects/files';
import { temporaryFolder } from '../../support/temp.ts';

const BYTES = randomBytes(3_000_001);

test('the bytes of a file arrive whole and from an offset, however slowly they are taken', async () => {
  await using dir = temporaryFolder();
  writeFileSync(dir.at('file'), BYTES);

  for (const start of [0, 1_234_567, BYTES.length]) {
    const child = systemExec.start({ argv: ['sh', '-c', 'sleep 0.1; sha256sum'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await pourFrom(dir.at('file'), start)(child.stdin);
    child.stdin.end();
    await child.finished;

    assert.equal(said.slice(0, 64), createHash('sha256').update(BYTES.subarray(start)).digest('hex'));
  }
});

test('nobody who takes them is no error, a file that cannot be read is one', async () => {
  await using dir = temporaryFolder();
  writeFileSync(dir.at('file'), BYTES);
  const child = systemExec.start({ argv: ['true'] });

  await pourFrom(dir.at('file'), 0)(child.stdin);

  await assert.rejects(pourFrom(dir.at('none'), 0)(child.stdin), /ENOENT/);
});
