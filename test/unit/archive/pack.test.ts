import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { type PackedTree, packTree } from '@slipway/archive/pack';
import { UserError } from '@slipway/kernel/errors';
import * as fc from 'fast-check';
import { requirePart } from '../../support/require.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temp.ts';
import { anyTree, expectedTree, file, folder, growTree, link, readTree, type Tree } from './trees.ts';

const LONG = 'n'.repeat(120);
const AWKWARD: Tree = {
  'bin/start': file('#!/bin/sh\n', true),
  'config/empty': folder,
  current: link('bin/start'),
  dangling: link('not/there'),
  far: link(`${LONG}/${LONG}/${LONG}`),
  self: link('.'),
  [`${LONG}/${LONG}/${LONG}/deep`]: file('deep'),
  [`${LONG}/bare`]: folder,
  'ünï/ä\u{10000}.txt': file('ä'),
  'new\nline': file('two'),
  'white space ': file(''),
  '-rf': file('no option'),
  a: folder,
  'a.txt': file('before a/'),
  'a/b': file('after a.txt'),
};

test('equal trees have equal digests, whatever their times, owners and rights of others', async () => {
  await fc.assert(
    fc.asyncProperty(anyTree, fc.integer({ min: 1, max: 20 }), async (tree, seed) => {
      await using dir = temporaryFolder();
      growTree(dir.at('one'), tree);
      const umask = process.umask(0o077);
      growTree(dir.at('two'), tree, seed);
      process.umask(umask);

      const one = await packTree(dir.at('one'), dir.at('one.tar.gz'));
      const two = await packTree(dir.at('two'), dir.at('two.tar.gz'));

      assert.deepEqual(one, two);
      assertDescribes(one, dir.at('one.tar.gz'));
    }),
    { numRuns: 100 },
  );
});

test('any tree comes back whole by GNU tar', async (t) => {
  if (requirePart(t, 'tar') === undefined) return;
  await fc.assert(
    fc.asyncProperty(anyTree, (tree) => roundTrip(tree, ['tar'])),
    { numRuns: 60 },
  );
});

for (const argv of [['tar'], ['busybox', 'tar']] as const) {
  test(`${argv.join(' ')} brings back modes, links, empty folders and awkward names`, async (t) => {
    if (requirePart(t, argv[0]) === undefined) return;
    await roundTrip(AWKWARD, argv);
  });
}

test('names stand in the order of their bytes', async () => {
  await using dir = temporaryFolder();
  growTree(dir.at('tree'), {
    '\u{ffee}': file('1'),
    '\u{10000}': file('2'),
    a: folder,
    'a.txt': file('3'),
    'a/b': file('4'),
    B: file('5'),
  });

  await packTree(dir.at('tree'), dir.at('tree.tar.gz'));

  const listed = execFileSync('tar', ['--quoting-style=literal', '-tzf', dir.at('tree.tar.gz')], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  assert.deepEqual(listed.trimEnd().split('\n'), ['B', 'a.txt', 'a/', 'a/b', '\u{ffee}', '\u{10000}']);
});

test('the canonical form is fixed: this digest never changes', async () => {
  await using dir = temporaryFolder();
  growTree(dir.at('tree'), AWKWARD);

  const { contentDigest, files } = await packTree(dir.at('tree'), dir.at('tree.tar.gz'));

  assert.equal(contentDigest, 'sha256:3a700b0e39acfdbd8493110c172ebc48e361c0d41f722ac4ad0c0a6f8cce9089');
  assert.equal(files, 12);
});

const REFUSED: readonly (readonly [string, Tree, RegExp])[] = [
  [
    'an absolute link',
    { f: file(''), l: link('/etc/passwd') },
    /The link "l" cannot be published: it points to an absolute path\.\n {2}got: {5}\/etc\/passwd/,
  ],
  ['an absolute link into the folder itself', { f: file(''), 'd/l': link('/tmp') }, /"d\/l" .* absolute/],
  ['a link out', { f: file(''), l: link('..') }, /The link "l" cannot be published: it leaves the folder/],
  ['a link out and in again', { f: file(''), l: link('../tree/f') }, /"l" .* leaves the folder/],
  ['a link out from deep below', { 'a/b/f': file(''), 'a/b/l': link('../../../x') }, /"a\/b\/l" .* leaves the folder/],
  [
    'a link out by way of a link',
    { 'z/f': file(''), 'a/b/c': link('../../z'), l: link('a/b/c/../..') },
    /The link "l" .* leaves the folder/,
  ],
  ['a link out through what is not there', { f: file(''), l: link('no/such/../../../x') }, /"l" .* leaves the folder/],
  ['a link to itself', { f: file(''), l: link('l') }, /"l" .* points to itself/],
  [
    'links in a circle',
    { f: file(''), l: link('m'), m: link('l') },
    /"l" .* points to itself[\s\S]*"m" .* points to itself/,
  ],
  ['no files', { 'a/b': folder }, /is empty: there are no files to publish/],
];

for (const [name, tree, message] of REFUSED) {
  test(`refuses ${name}`, async () => {
    await using dir = temporaryFolder();
    growTree(dir.at('tree'), tree);

    await assertRefused(dir, message);
  });
}

test('refuses an empty folder', async () => {
  await using dir = temporaryFolder();
  mkdirSync(dir.at('tree'));

  await assertRefused(dir, /is empty/);
});

test('refuses fifos, sockets and devices, all of them by name', async (t) => {
  await using dir = temporaryFolder();
  growTree(dir.at('tree'), { f: file('') });
  execFileSync('mkfifo', [dir.at('tree', 'pipe')]);
  const server = createServer().listen(dir.at('tree', 'sock'));
  t.after(() => server.close());
  if (process.getuid?.() === 0) execFileSync('mknod', [dir.at('tree', 'null'), 'c', '1', '3']);

  await assertRefused(dir, /"pipe" cannot be published: it is a fifo/);
  await assertRefused(dir, /"sock" cannot be published: it is a socket/);
  if (process.getuid?.() === 0) await assertRefused(dir, /"null" cannot be published: it is a device/);
});

test('refuses names that are not UTF-8', async () => {
  await using dir = temporaryFolder();
  growTree(dir.at('tree'), { f: file('') });
  writeFileSync(Buffer.concat([Buffer.from(`${dir.at('tree')}/`), Buffer.from([0x66, 0xff])]), '');

  await assertRefused(dir, /is not valid UTF-8/);
});

const CHANGES: readonly (readonly [string, (tree: string) => void, RegExp])[] = [
  ['grows', (tree) => appendFileSync(`${tree}/z`, 'more'), /it grew/],
  ['shrinks', (tree) => truncateSync(`${tree}/z`, 3), /it shrank/],
  ['vanishes', (tree) => unlinkSync(`${tree}/z`), /a file is gone/],
  ['is written with the same size', (tree) => writeFileSync(`${tree}/a`, 'A'.repeat(8_000_000)), /"a" was written/],
  ['is replaced', (tree) => renameSync(`${tree}/b`, `${tree}/a`), /"a" was written|"b" is gone|a file is gone/],
  ['is a new one', (tree) => writeFileSync(`${tree}/zz`, ''), /"zz" is new/],
  [
    'becomes a link',
    (tree) => {
      unlinkSync(`${tree}/z`);
      symlinkSync('/etc/hostname', `${tree}/z`);
    },
    /it grew|it shrank|"z" was written/,
  ],
];

for (const [name, change, message] of CHANGES) {
  test(`notices when a file ${name} while it packs`, async (t) => {
    await using dir = temporaryFolder();
    growTree(dir.at('tree'), { a: file('a'.repeat(8_000_000)), b: file('b'), z: file('last of all') });

    const packing = assertRefused(dir, new RegExp(`changed while being packed: .*(${message.source})`));
    await untilNotEmpty(t, dir.at('out.tar.gz'));
    change(dir.at('tree'));

    await packing;
  });
}

test('says so when the disk is full, and leaves nothing', async () => {
  await using dir = temporaryFolder();
  growTree(dir.at('tree'), { a: file('a'), blob: file(createNoise(400_000)) });
  const script = `
    import { packTree } from '@slipway/archive/pack';
    await packTree(${JSON.stringify(dir.at('tree'))}, ${JSON.stringify(dir.at('out.tar.gz'))})
      .catch((thrown) => console.log(thrown.name, thrown.message));`;
  // A limit on the size of a file fails as a full disk does: in the middle of a write.
  const argv = [
    '-c',
    'ulimit -f 100; exec "$@"',
    'sh',
    process.execPath,
    '--conditions=@slipway/source',
    '--input-type=module',
    '-e',
    script,
  ];

  const { stdout, stderr } = spawnSync('sh', argv, { encoding: 'utf8', timeout: 20_000, cwd: import.meta.dirname });

  assert.match(stdout, /^UserError The folder ".*" cannot be packed\.\n {2}got: .*larger than allowed/, stderr);
  assert.equal(existsSync(dir.at('out.tar.gz')), false);
});

async function roundTrip(tree: Tree, argv: readonly [string, ...string[]]): Promise<void> {
  await using dir = temporaryFolder();
  growTree(dir.at('tree'), tree, 1);
  mkdirSync(dir.at('out'));

  await packTree(dir.at('tree'), dir.at('tree.tar.gz'));
  const [program, ...rest] = argv;
  execFileSync(
    'sh',
    ['-c', 'umask 022; exec "$@"', 'sh', program, ...rest, '-xzf', dir.at('tree.tar.gz'), '-C', dir.at('out')],
    { env: { PATH: process.env.PATH, LC_ALL: 'C' } },
  );

  assert.deepEqual(readTree(dir.at('out')), expectedTree(tree));
}

async function assertRefused(dir: TemporaryFolder, message: RegExp): Promise<void> {
  await assert.rejects(packTree(dir.at('tree'), dir.at('out.tar.gz')), (thrown) => {
    assert.ok(thrown instanceof UserError, String(thrown));
    assert.match(thrown.message, message);
    return true;
  });
  assert.equal(existsSync(dir.at('out.tar.gz')), false, 'a half-written archive is left');
}

function assertDescribes(packed: PackedTree, path: string): void {
  const bytes = readFileSync(path);
  assert.equal(packed.size, bytes.length);
  assert.equal(packed.digest, `sha256:${createHash('sha256').update(bytes).digest('hex')}`);
  assert.equal(packed.contentDigest, `sha256:${createHash('sha256').update(gunzipSync(bytes)).digest('hex')}`);
}

async function untilNotEmpty(t: TestContext, path: string): Promise<void> {
  while (!t.signal.aborted && (!existsSync(path) || statSync(path).size === 0)) await setImmediate();
}

function createNoise(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return String.fromCharCode(33 + (state % 90));
  }).join('');
}
