import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '@slipway/effects/clock';
import { systemHttp } from '@slipway/effects/http-real';
import { digestOf } from '@slipway/kernel/digest';
import { UserError } from '@slipway/kernel/errors';
import type { ReleaseRecord } from '@slipway/kernel/release';
import { type PullPorts, type PullSource, pullProblems, pullSource } from '@slipway/store/pull/pull-source';
import { startMoto } from '../../support/moto.ts';
import { ANN, startRegistry } from '../../support/registry.ts';
import { startReleaseServer } from '../../support/release-server.ts';
import { aRecord } from '../../support/releases.ts';
import { requirePart } from '../../support/require.ts';
import { temporaryFolder } from '../../support/temp.ts';

const BYTES = Buffer.from('the bytes of a release');
const NO_ENV = {};

test('a folder on the web holds a release as every store does; a file is the file itself', async () => {
  const found = await Promise.all(
    [
      'https://releases.example.com/all/',
      'https://releases.example.com/all/shop/v1/shop.tar.gz',
      `https://reg.example.com/v2/acme/shop/blobs/${at().digest}`,
      'http://[::1]:8080',
    ].map((location) => source(at(location))),
  );

  assert.deepEqual(
    found.map(({ url, from, ...rest }) => [url, from === url, rest]),
    [
      ['https://releases.example.com/all/shop/v1/shop.tar.gz', true, { presigned: false }],
      ['https://releases.example.com/all/shop/v1/shop.tar.gz', true, { presigned: false }],
      [`https://reg.example.com/v2/acme/shop/blobs/${at().digest}`, true, { presigned: false }],
      ['http://[::1]:8080/shop/v1/shop.tar.gz', true, { presigned: false }],
    ],
  );
});

test('the first location that a host can reach counts, and a login goes to its own server only', async () => {
  const record = at('file:///srv/releases', 'https://a.example.com:8443/r', 'https://b.example.com');
  const auth = 'b.example.com bearer of-b\nA.example.com:8443 basic ann:pa:ss\n';

  const first = await source(record, { auth });
  const other = await source(at('https://a.example.com/r'), { auth });

  assert.equal(first.url, 'https://a.example.com:8443/r/shop/v1/shop.tar.gz');
  assert.equal(first.authorization, `Basic ${Buffer.from('ann:pa:ss').toString('base64')}`);
  assert.equal(other.authorization, undefined);
});

for (const [what, record, more, expected] of [
  [
    'a release that lies in a folder only',
    at('file:///srv/releases'),
    {},
    /No host can pull shop v1[\s\S]*file:\/\/\/srv\/releases[\s\S]*s3:\/\/bucket[\s\S]*transfer: push/,
  ],
  [
    'a query, which may be a credential and would stay in ledgers',
    at('https://x.example.com/f?sig=5ecre7'),
    {},
    /No host can pull[\s\S]*f\?\.\.\.\n/,
  ],
  [
    'a login in a location',
    at('https://ann:5ecre7@x.example.com/f'),
    {},
    /No host can pull[\s\S]*\/\/\.\.\.@x\.example\.com/,
  ],
  ['S3 without keys', at('s3://releases/shop'), {}, /cannot be signed: variables are missing[\s\S]*AWS_ACCESS_KEY_ID/],
  [
    'a login that is none',
    at('https://x.example.com'),
    { auth: 'ok.example.com bearer a\nx.example.com 5ecre7\nx bearer "5ecre7"' },
    /line 2 is no login[\s\S]*line 3 is no login/,
  ],
] as const) {
  test(`refused before anybody is asked: ${what}`, async () => {
    const ports = { auth: undefined, env: NO_ENV, ...more };
    const problems = pullProblems(record, ports);

    assert.ok(problems.length > 0);
    assert.match(new UserError(problems).message, expected);
    assert.doesNotMatch(new UserError(problems).message, /5ecre7/);
    await assert.rejects(source(record, ports), UserError);
  });
}

test('a login does not travel in the clear, but on this machine', async () => {
  const auth = 'x.example.com bearer a\n127.0.0.1:80 bearer b';

  await assert.rejects(source(at('http://x.example.com/'), { auth }), /would travel in the clear/);
  assert.equal(
    (await source(at('http://127.0.0.1:8000/'), { auth: '127.0.0.1:8000 bearer b' })).authorization,
    'Bearer b',
  );
});

test('an object of S3 is had by a URL of its own, signed for an hour', async (t) => {
  await using moto = await startMoto(t, '127.0.37.1');
  if (moto === undefined) return;
  await moto.put('releases', 'web/shop/v1%2Bb2/shop.tar.gz', BYTES);
  const record = { ...at('s3://releases/web'), version: 'v1+b2' };

  const found = await source(record, { env: moto.env, clock: { ...systemClock, wall: () => Date.UTC(2026, 0, 1) } });

  assert.equal(found.from, 's3://releases/web/shop/v1+b2/shop.tar.gz');
  assert.deepEqual(await get(found), [200, BYTES.toString()]);
  assert.equal(new URL(found.url).searchParams.get('X-Amz-Expires'), '3600');
  assert.deepEqual([found.presigned, found.until], [true, '2026-01-01T01:00:00.000Z']);
  assert.ok(!found.url.includes(moto.env.AWS_SECRET_ACCESS_KEY ?? ''));
});

for (const account of [undefined, ANN]) {
  test(`a blob of a registry ${account === undefined ? 'that is open' : 'with a login'}`, async (t) => {
    if (requirePart(t, 'docker-registry') === undefined) return;
    await using folder = temporaryFolder();
    await using registry = await startRegistry({
      address: '127.0.37.2',
      folder: folder.path,
      ...(account === undefined ? {} : { account }),
    });
    const login = account === undefined ? undefined : `${registry.host} basic ${account.username}:${account.password}`;
    const record = at(`oci://${registry.host}/acme/shop`);
    const headers =
      account === undefined ? {} : { authorization: `Basic ${btoa(`${account.username}:${account.password}`)}` };
    await upload(registry.host, headers);

    const found = await source(record, { auth: login });

    assert.equal(found.from, `oci://${registry.host}/acme/shop@${record.digest}`);
    assert.deepEqual(await get(found), [200, BYTES.toString()]);
    const absent = { ...record, digest: digestOf('other') };
    await assert.rejects(source(absent, { auth: login }), /has no blob sha256:/);
    if (account === undefined) return;
    await assert.rejects(source(record), /gives the hosts nothing: it wants a login[\s\S]*transfer-auth/);
    await assert.rejects(source(record, { auth: `${registry.host} basic ann:wrong` }), /refuses with status 401/);
  });
}

test('a registry that redirects: the host goes straight there, and without the login', async () => {
  await using server = await startReleaseServer('127.0.37.3', BYTES, () => ({
    kind: 'answer',
    status: 307,
    location: 'https://blobs.example.com/b?sig=1',
  }));
  const host = new URL(server.origin).host;

  const found = await source(at(`oci://${host}/acme/shop`), { auth: `${host} bearer 70ken` });

  assert.equal(server.requests[0]?.headers.authorization, 'Bearer 70ken');
  assert.deepEqual(found, {
    from: `oci://${host}/acme/shop@${at().digest}`,
    url: 'https://blobs.example.com/b?sig=1',
    presigned: true,
  });
});

test('a registry that the runner cannot reach is told, with the way out', async () => {
  await assert.rejects(
    source(at('oci://127.0.37.4:1/acme/shop')),
    /cannot be reached from the runner[\s\S]*transfer: push/,
  );
});

function at(...locations: string[]): ReleaseRecord {
  return aRecord('v1', { fileName: 'shop.tar.gz', digest: digestOf(BYTES), size: BYTES.length, locations });
}

async function source(record: ReleaseRecord, over: Partial<PullPorts> = {}): Promise<PullSource> {
  const { signal } = new AbortController();
  return await pullSource(record, {
    auth: undefined,
    env: NO_ENV,
    http: systemHttp,
    clock: systemClock,
    signal,
    ...over,
  });
}

async function get({ url, authorization }: PullSource): Promise<readonly [number, string]> {
  const answer = await fetch(url, authorization === undefined ? {} : { headers: { authorization } });
  return [answer.status, await answer.text()];
}

async function upload(host: string, headers: Record<string, string>): Promise<void> {
  const begun = await fetch(`http://${host}/v2/acme/shop/blobs/uploads/`, { method: 'POST', headers });
  const to = new URL(begun.headers.get('location') ?? '');
  to.searchParams.set('digest', digestOf(BYTES));
  assert.equal((await fetch(to, { method: 'PUT', headers, body: BYTES })).status, 201);
}
