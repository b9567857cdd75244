import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { systemExec } from '@slipway/effects/exec-real';
import { digestOf } from '@slipway/kernel/digest';
import { HostError, type Said } from '@slipway/vm/remote';
import { smallDisk } from '../../../support/small-disk.ts';
import {
  type PackedRelease,
  packRelease,
  SHELLS,
  stageRelease,
  stageVars,
  type TestHost,
  testHost,
} from '../../../support/vm-host.ts';

const FILES = { 'bin/start': '#!/bin/sh\nexec sleep 60\n', 'lib/deep/a.txt': 'a', VERSION: 'v1\n' };

for (const shell of SHELLS) {
  test(`${shell}: a folder arrives whole, once, and its mark lies in the state`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    const release = await packRelease(host.folder, 'v1', FILES);

    const said = await stage(host, release);

    assert.deepEqual(said, [['staged', 'now']]);
    assert.equal(host.read('releases', release.dir, 'lib/deep/a.txt'), 'a');
    assert.equal(statSync(host.at('releases', release.dir, 'bin/start')).mode & 0o777, 0o755);
    assert.equal(host.read('state/releases', release.dir), `${release.id.digest}\n`);
    assert.deepEqual(readdirSync(host.at('releases')), [release.dir]);
    assert.equal(host.read('state/journal.jsonl'), 'intent\ndone\n');
    assert.deepEqual(await stage(host, release), [['staged', 'already']]);
    assert.equal(host.read('state/journal.jsonl'), 'intent\ndone\n');
  });

  test(`${shell}: a single file gets its name and mode`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    const bytes = Buffer.from('#!/bin/sh\nexit 0\n');
    const id = { version: '1.0+b2', digest: digestOf(bytes) };
    const vars = stageVars(id, bytes, { name: 'shop', mode: '0755' });

    await stage(host, { id, dir: vars.dir ?? '', bytes, vars });

    assert.equal(host.read('releases', vars.dir ?? '', 'shop'), bytes.toString());
    assert.equal(statSync(host.at('releases', vars.dir ?? '', 'shop')).mode & 0o777, 0o755);
  });

  test(`${shell}: other bytes leave nothing but the journal`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    const release = await packRelease(host.folder, 'v1', FILES);

    await rejects(
      stage(host, { ...release, bytes: damaged(release.bytes) }),
      /arrived with the digest sha256:\w+ instead of sha256:/,
    );

    assert.deepEqual(readdirSync(host.at('releases')), []);
    assert.deepEqual(readdirSync(host.at('state/releases')), []);
    assert.equal(host.read('state/journal.jsonl'), 'intent\nfailed\n');
  });

  test(`${shell}: fewer bytes are the beginning of the next attempt, which brings only the rest`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    const release = await packRelease(host.folder, 'v1', FILES);

    await rejects(stage(host, { ...release, bytes: release.bytes.subarray(0, 50) }), /only 50 arrived/);

    assert.deepEqual(readdirSync(host.at('releases')), [`${release.dir}.partial.bytes`]);
    assert.deepEqual(await stage(host, release, 50), [
      ['resumed', '50'],
      ['staged', 'now'],
    ]);
    assert.equal(host.read('releases', release.dir, 'VERSION'), 'v1\n');
    assert.deepEqual(readdirSync(host.at('releases')), [release.dir]);
    assert.equal(host.read('state/journal.jsonl'), 'intent\nfailed\nintent\ndone\n');
  });

  test(`${shell}: what is no beginning of these bytes is thrown away, and told`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    const release = await packRelease(host.folder, 'v1', FILES);
    await rejects(stage(host, { ...release, bytes: damaged(release.bytes).subarray(0, 50) }), /only 50 arrived/);

    const wrong = await stage(host, release, 50);
    await rejects(stage(host, { ...release, bytes: release.bytes.subarray(0, 40) }), /only 40 arrived/);
    const elsewhere = await stage(host, release, 50);

    assert.deepEqual(wrong, [['anew', `what lay here was no beginning of ${release.dir}`]]);
    assert.deepEqual(elsewhere, [['anew', `40 bytes of ${release.dir} lie here, not 50`]]);
    assert.deepEqual(readdirSync(host.at('releases')), []);
    assert.deepEqual(await stage(host, release), [['staged', 'now']]);
  });

  test(`${shell}: the beginning of another release makes room`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    const [v1, v2] = [await packRelease(host.folder, 'v1', FILES), await packRelease(host.folder, 'v2', FILES)];
    await rejects(stage(host, { ...v1, bytes: v1.bytes.subarray(0, 50) }), /only 50 arrived/);

    await stage(host, v2);

    assert.deepEqual(readdirSync(host.at('releases')), [v2.dir]);
  });

  test(`${shell}: an archive that reaches outside is refused`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    const up = await packRelease(host.folder, 'up', FILES, ['-P', '--transform=s,^VERSION,../VERSION,']);
    const deep = await packRelease(host.folder, 'deep', FILES, ['-P', '--transform=s,^VERSION,lib/../../VERSION,']);
    const absolute = await packRelease(host.folder, 'abs', FILES, ['-P', '--transform=s,^VERSION,/tmp/slipway-evil,']);

    await rejects(stage(host, up), /outside of its folder, at \.\.\//);
    await rejects(stage(host, deep), /outside of its folder, at lib\/\.\.\/\.\.\//);
    await rejects(stage(host, absolute), /outside of its folder, at \//);

    assert.deepEqual(readdirSync(host.at('releases')), []);
    assert.equal(existsSync('/tmp/slipway-evil'), false);
  });

  test(`${shell}: what a crash has left is replaced, and a torn journal line is closed`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    const release = await packRelease(host.folder, 'v1', FILES);
    for (const half of [release.dir, `${release.dir}.partial`]) {
      await mkdir(host.at('releases', half), { recursive: true });
      await writeFile(host.at('releases', half, 'half'), '');
    }
    await mkdir(host.at('state'), { recursive: true });
    writeFileSync(host.at('state/journal.jsonl'), '{"torn":');

    await stage(host, release);

    assert.deepEqual(readdirSync(host.at('releases')), [release.dir]);
    assert.equal(existsSync(host.at('releases', release.dir, 'half')), false);
    assert.equal(host.read('state/journal.jsonl'), '{"torn":\nintent\ndone\n');
  });

  test(`${shell}: a full disk is a clean error, before and while unpacking`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    if (!(await smallDisk(t, host, '3m'))) return;
    try {
      const kept = await packRelease(host.folder, 'v1', FILES);
      const wide = await packRelease(host.folder, 'wide', { ...FILES, 'big.bin': randomText(2_000_000) });
      const bomb = await packRelease(host.folder, 'bomb', { ...FILES, 'big.bin': 'x'.repeat(8_000_000) });
      await stage(host, kept);

      await rejects(
        stage(host, wide),
        /The disk of \S+ is full: \d+ KiB are needed for wide-\w+; \d+ KiB and \d* inodes are free/,
      );
      await rejects(stage(host, bomb), /The disk of \S+ is full: the files did not fit for bomb-\w+; \d+ KiB/);

      assert.deepEqual(readdirSync(host.at('releases')), [kept.dir]);
      assert.deepEqual(readdirSync(host.at('state/releases')), [kept.dir]);
      assert.equal(host.read('state/journal.jsonl'), 'intent\ndone\nintent\nfailed\nintent\nfailed\n');
    } finally {
      await systemExec.run({ argv: ['umount', '-l', host.folder.at('root')] });
    }
  });

  test(`${shell}: a disk with no room for the journal is told before anything is done`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    if (!(await smallDisk(t, host, '256k'))) return;
    try {
      const release = await packRelease(host.folder, 'v1', FILES);
      await mkdir(host.at('state/releases'), { recursive: true });
      await mkdir(host.at('releases'));
      await mkdir(host.at('slots'));
      await mkdir(host.at('shared'));
      await systemExec.run({ argv: ['dd', 'if=/dev/zero', `of=${host.at('shared/ballast')}`, 'bs=4096'] });

      await rejects(stage(host, release), /The journal \S+ cannot be written: the disk is full\./);

      assert.deepEqual(readdirSync(host.at('releases')), []);
    } finally {
      await systemExec.run({ argv: ['umount', '-l', host.folder.at('root')] });
    }
  });
}

test('a host whose lease is lost has no effects', async (t) => {
  await using host = await testHost(t, 'dash');
  if (host === undefined) return;
  const release = await packRelease(host.folder, 'v1', FILES);
  host.session.loseLease();

  await rejects(stage(host, release), /The lease of web-1 is lost/);

  assert.equal(existsSync(host.base), false);
});

async function stage(host: TestHost, release: PackedRelease, offset = 0): Promise<Said> {
  return await stageRelease(host, release, { offset });
}

function damaged(bytes: Buffer): Buffer {
  const wrong = Buffer.from(bytes);
  wrong[20] = (wrong[20] ?? 0) ^ 1;
  return wrong;
}

async function rejects(work: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(work, (thrown) => {
    assert.ok(thrown instanceof HostError, String(thrown));
    assert.match(thrown.message, message);
    return true;
  });
}

/** Text that hardly compresses. */
function randomText(length: number): string {
  let seed = 1;
  let text = '';
  while (text.length < length) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    text += seed.toString(36);
  }
  return text;
}
