import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemExec } from '@slipway/effects/exec-real';
import { HostError, runStep, type Said } from '@slipway/vm/remote';
import { script } from '@slipway/vm/steps/scripts';
import { type Fate, type ReleaseServer, startReleaseServer } from '../../../support/release-server.ts';
import { requirePart, type Skippable } from '../../../support/require.ts';
import { smallDisk } from '../../../support/small-disk.ts';
import { type PackedRelease, packRelease, type TestHost, testHost } from '../../../support/vm-host.ts';

const ADDRESS = '127.0.36.1';
const FILES = { 'bin/start': '#!/bin/sh\n', 'big.txt': randomText(400_000) };
const SECRET = 'X-Amz-Signature=5ecre7';
const TOKEN = '70ken5ecre7';

/** What a host may have: each program in a shell of its own. BusyBox has neither curl nor ranges of the shell. */
const HOSTS = [
  { shell: 'dash', program: 'curl', hide: '' },
  { shell: 'bash', program: 'curl', hide: '' },
  { shell: 'dash', program: 'wget', hide: 'curl' },
  { shell: 'bash', program: 'wget', hide: 'curl' },
  { shell: 'busybox', program: 'plain_wget', hide: '' },
] as const;

for (const { shell, program, hide } of HOSTS) {
  const on = `${shell} with ${program}`;
  const asked = { hide, presigned: program !== 'plain_wget' };

  test(`${on}: a release is pulled whole, and pulled no more`, async (t) => {
    await using scene = await prepare(t, shell, program);
    if (scene === undefined) return;
    const { host, release } = scene;
    await using server = await startReleaseServer(ADDRESS, release.bytes);

    const said = await pull(scene, server, asked);

    assert.deepEqual(said, [['staged', 'now']]);
    assert.equal(host.read('releases', release.dir, 'big.txt'), FILES['big.txt']);
    assert.equal(server.sent(), release.bytes.length);
    assert.deepEqual(await pull(scene, server, asked), [['staged', 'already']]);
    assert.equal(server.requests.length, 1);
    assert.equal(host.read('state/journal.jsonl'), 'intent\ndone\n');
  });

  test(`${on}: a server that breaks off again and again is asked for the rest each time`, async (t) => {
    await using scene = await prepare(t, shell, program);
    if (scene === undefined) return;
    const { release } = scene;
    await using server = await startReleaseServer(ADDRESS, release.bytes, () => ({ kind: 'cut', after: 100_000 }));

    assert.deepEqual(await pull(scene, server, asked), [['staged', 'now']]);

    assert.equal(server.sent(), release.bytes.length);
    assert.equal(server.requests.length, Math.ceil(release.bytes.length / 100_000));
  });

  test(`${on}: a server that dies is told, and the next attempt pulls only the rest`, async (t) => {
    await using scene = await prepare(t, shell, program);
    if (scene === undefined) return;
    const { host, release } = scene;
    const dying = await startReleaseServer(ADDRESS, release.bytes, (_request, number) =>
      number === 1 ? { kind: 'cut', after: 150_000 } : { kind: 'answer', status: 503 },
    );
    await rejects(pull(scene, dying, asked), /cannot be pulled from http:\S+: status 503.*transfer: push/);
    await dying.stop();
    await rejects(pull(scene, dying, asked), /onnection refused|Couldn't connect.*transfer: push/);
    await using server = await startReleaseServer(ADDRESS, release.bytes);

    const said = await pull(scene, server, asked);

    assert.deepEqual(said, [
      ['resumed', '150000'],
      ['staged', 'now'],
    ]);
    assert.equal(server.sent(), release.bytes.length - 150_000);
    assert.deepEqual(readdirSync(host.at('releases')), [release.dir]);
  });

  test(`${on}: what is no beginning of the release comes anew, from servers with and without ranges`, async (t) => {
    await using scene = await prepare(t, shell, program);
    if (scene === undefined) return;
    const { host, release } = scene;
    await mkdir(host.at('releases'), { recursive: true });
    const left = host.at('releases', `${release.dir}.partial.bytes`);
    await using good = await startReleaseServer(ADDRESS, release.bytes);
    await using plain = await startReleaseServer(ADDRESS, release.bytes, () => ({ kind: 'whole' }));

    await writeFile(left, 'no beginning');
    assert.deepEqual(await pull(scene, good, asked), [['anew', `what lay here was no beginning of ${release.dir}`]]);
    assert.deepEqual(readdirSync(host.at('releases')), []);
    await writeFile(left, release.bytes.subarray(0, 1_000));
    const said = await pull(scene, plain, asked);
    if (said[0]?.[0] === 'anew') assert.deepEqual(await pull(scene, plain, asked), [['staged', 'now']]);

    assert.equal(host.read('releases', release.dir, 'big.txt'), FILES['big.txt']);
  });

  test(`${on}: wrong bytes, too few and too many leave nothing behind`, async (t) => {
    await using scene = await prepare(t, shell, program);
    if (scene === undefined) return;
    const { host, release } = scene;
    const wrong = Buffer.from(release.bytes);
    wrong[20] = (wrong[20] ?? 0) ^ 1;
    await using other = await startReleaseServer(ADDRESS, wrong);
    await using short = await startReleaseServer(ADDRESS, release.bytes.subarray(0, 5_000));
    await using endless = await startReleaseServer(ADDRESS, release.bytes, () => ({ kind: 'endless' }));

    await rejects(pull(scene, other, asked), /arrived from http:\S+ with the digest sha256:\w+ instead of sha256:/);
    await rejects(pull(scene, short, asked), /arrived from http:\S+ with a length of 5000 instead of \d+/);
    await rejects(pull(scene, endless, asked), /holds more than the \d+ bytes of v1-\w+: these are other bytes/);

    assert.deepEqual(readdirSync(host.at('releases')), []);
    assert.deepEqual(readdirSync(host.at('state/releases')), []);
  });

  test(`${on}: each refusal is told with its status, and the way out`, async (t) => {
    await using scene = await prepare(t, shell, program);
    if (scene === undefined) return;
    const body =
      '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>';
    const fates: readonly Fate[] = [
      { kind: 'answer', status: 401 },
      { kind: 'answer', status: 403, body },
      { kind: 'answer', status: 404 },
    ];
    const told = [
      /: status 401, it wants a login: a line for it in transfer-auth\. .*transfer: push/,
      program === 'curl'
        ? /: status 403, it refuses \(AccessDenied: Request has expired\); the URL is valid until 2026/
        : /: status 403, it refuses; the URL is valid until 2026/,
      /: status 404, nothing lies there/,
    ];

    for (const [index, fate] of fates.entries()) {
      await using server = await startReleaseServer(ADDRESS, scene.release.bytes, () => fate);
      await rejects(pull(scene, server, { ...asked, until: '2026-01-01T00:00:00.000Z' }), told[index] ?? /never/);
    }
    const nowhere = { origin: 'http://no-such-host.invalid' };
    await rejects(pull(scene, nowhere, asked), /no-such-host\.invalid.*(resolve|bad address).*transfer: push/);
  });

  test(`${on}: secrets are in no argument, environment, file or message`, async (t) => {
    await using scene = await prepare(t, shell, program);
    if (scene === undefined) return;
    const { host, release } = scene;
    await using server = await startReleaseServer(ADDRESS, release.bytes, ({ headers }) =>
      headers.authorization === `Bearer ${TOKEN}` ? { kind: 'cut', after: 300_000 } : { kind: 'answer', status: 403 },
    );
    const secret = { hide, presigned: true, token: TOKEN };
    if (program === 'plain_wget') {
      await rejects(pull(scene, server, secret), /takes its URL as an argument.*Install curl.*transfer: push/);
      assert.equal(server.requests.length, 0);
      return;
    }

    const said = await pull(scene, server, secret);
    const failed = await pull({ ...scene, release: await packRelease(host.folder, 'v2', { a: 'a' }) }, server, {
      ...secret,
      token: 'other-70ken5ecre7',
    }).catch(String);

    assert.deepEqual(said, [['staged', 'now']]);
    assert.match(String(failed), /status 403/);
    assert.match(server.requests[0]?.url ?? '', new RegExp(SECRET));
    // The shell itself is that of the test, which gives it the script as an argument.
    const others = server.seen().filter(({ argv }) => !/\bsh$/.test(argv[0] ?? ''));
    const seen = others.map(({ argv, environ }) => [...argv, environ].join(' ')).join('\n');
    for (const word of [SECRET.split('=')[1] ?? '', TOKEN]) {
      assert.ok(seen.includes(program), 'the spy sees the program');
      assert.ok(!seen.includes(word), 'in an argument or environment');
      assert.ok(!String(failed).includes(word), String(failed));
      assert.deepEqual(filesWith(host.base, word), []);
    }
  });
}

test('a disk that fills while the bytes come is a clean error, and they make room again', async (t) => {
  await using scene = await prepare(t, 'dash', 'curl');
  if (scene === undefined) return;
  const { host, release } = scene;
  if (!(await smallDisk(t, host, '3m'))) return;
  try {
    await using server = await startReleaseServer(ADDRESS, release.bytes, () => {
      writeFileSync(host.folder.at('root', 'ballast'), Buffer.alloc(statfs(host.folder.at('root')) - 100_000));
      return { kind: 'serve' };
    });

    await rejects(
      pull(scene, server, { hide: '', presigned: false }),
      /The disk of \S+ is full: the bytes did not fit for v1-\w+; \d+ KiB and \d* inodes are free/,
    );

    assert.deepEqual(readdirSync(host.at('releases')), []);
    assert.equal(host.read('state/journal.jsonl'), 'intent\nfailed\n');
  } finally {
    await systemExec.run({ argv: ['umount', '-l', host.folder.at('root')] });
  }
});

test('a login is not sent to where the server redirects', async (t) => {
  for (const hide of ['', 'curl'] as const) {
    await using scene = await prepare(t, 'dash', hide === '' ? 'curl' : 'wget');
    if (scene === undefined) return;
    await using other = await startReleaseServer('127.0.36.2', scene.release.bytes);
    const fate: Fate = { kind: 'answer', status: 302, location: `${other.origin}/elsewhere` };
    await using server = await startReleaseServer(ADDRESS, scene.release.bytes, () => fate);

    const said = await pull(scene, server, { hide, presigned: false, token: TOKEN }).catch(String);

    if (hide === '') assert.deepEqual(said, [['staged', 'now']]);
    else assert.match(String(said), /status 302, it sends elsewhere/);
    assert.deepEqual(
      other.requests.map(({ headers }) => headers.authorization),
      hide === '' ? [undefined] : [],
    );
  }
});

test('a host without curl and wget says so', async (t) => {
  await using scene = await prepare(t, 'dash', 'curl');
  if (scene === undefined) return;

  await rejects(
    pull(scene, { origin: 'http://127.0.36.1:1' }, { hide: 'curl wget', presigned: false }),
    /neither curl nor wget is here\. Install curl\. .*transfer: push/,
  );
});

function statfs(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

interface Scene extends AsyncDisposable {
  readonly host: TestHost;
  readonly release: PackedRelease;
}

async function prepare(t: Skippable, shell: 'dash' | 'bash' | 'busybox', program: string): Promise<Scene | undefined> {
  if (program !== 'plain_wget' && requirePart(t, program) === undefined) return undefined;
  const host = await testHost(t, shell);
  if (host === undefined) return undefined;
  const release = await packRelease(host.folder, 'v1', FILES);
  return { host, release, [Symbol.asyncDispose]: () => host[Symbol.asyncDispose]() };
}

interface Asked {
  /** Programs that this host has not. */
  readonly hide: string;
  readonly presigned: boolean;
  readonly token?: string;
  readonly until?: string;
}

async function pull(
  { host, release }: Pick<Scene, 'host' | 'release'>,
  { origin }: Pick<ReleaseServer, 'origin'>,
  { hide, presigned, token, until = '' }: Asked,
): Promise<Said> {
  const from = `${origin}/shop.tar.gz`;
  return await runStep(host.site, 'stage', {
    functions: `${HIDE}${script('pull')}`,
    vars: {
      hide,
      pull_from: from,
      pull_url: presigned ? `${from}?${SECRET}&b=c` : from,
      pull_auth: token === undefined ? '' : `Bearer ${token}`,
      pull_secret: presigned || token !== undefined ? 'yes' : '',
      pull_until: until,
      ...release.vars,
    },
    fence: 'fenced',
    timeoutMs: 20_000,
  });
}

/** `command -v` of a host on which some programs are not installed. */
const HIDE = 'command() { case " $hide " in *" $2 "*) return 1 ;; *) [ -n "$(which "$2")" ] ;; esac; }\n';

async function rejects(work: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(work, (thrown) => {
    assert.ok(thrown instanceof HostError, String(thrown));
    assert.match(thrown.message, message);
    return true;
  });
}

function filesWith(folder: string, word: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path, 'latin1').includes(word));
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
