import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { systemHttp } from '@slipway/effects/http-real';
import { MANIFEST_TYPES, OCI_MANIFEST } from '@slipway/image/manifest';
import { openRegistry, type Registry } from '@slipway/image/registry';
import type { Credentials } from '@slipway/image/registry-auth';
import { UserError } from '@slipway/kernel/errors';
import { answerBadGateway, startFaultyProxy } from '../../support/faulty-proxy.ts';
import { keptLog } from '../../support/kept-log.ts';
import { ANN, startRegistry } from '../../support/registry.ts';
import { requirePart } from '../../support/require.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

const ADDRESS = '127.0.38.2';
const BYTES = '{"schemaVersion":2}';
const DIGEST = digest(BYTES);

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

interface FakeRegistry extends AsyncDisposable {
  readonly host: string;
  readonly requests: readonly IncomingMessage[];
}

/** A server whose every word the test decides: what real registries do only on bad days. */
async function serve(answer: Answer): Promise<FakeRegistry> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, response, Buffer.concat(chunks).toString('utf8')));
  });
  await new Promise<void>((resolve) => server.listen(0, ADDRESS, resolve));
  return {
    host: `${ADDRESS}:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function open(host: string, credentials?: Credentials, log = keptLog()): Registry {
  return openRegistry(
    { registry: host, credentials, plainHttp: false },
    { http: systemHttp, clock: virtualClock(), log },
  );
}

function digest(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function sendManifest(response: ServerResponse, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(200, { 'content-type': OCI_MANIFEST, 'docker-content-digest': DIGEST, ...headers }).end(BYTES);
}

const says = (pattern: RegExp) => (thrown: unknown) => {
  assert.ok(thrown instanceof UserError, String(thrown));
  assert.match(thrown.message, pattern);
  return true;
};

describe('what a tag stands for', () => {
  test('is its manifest, asked for in all its forms', async () => {
    await using server = await serve((_request, response) => sendManifest(response));

    const manifest = await open(server.host).manifest('acme/shop', 'v1');

    assert.deepEqual(manifest, { digest: DIGEST, mediaType: OCI_MANIFEST, bytes: Buffer.from(BYTES) });
    const [request] = server.requests;
    assert.equal(request?.url, '/v2/acme/shop/manifests/v1');
    for (const type of MANIFEST_TYPES) assert.ok(request?.headers.accept?.includes(type), type);
  });

  test('is nothing when the registry has none', async () => {
    await using server = await serve((_request, response) => response.writeHead(404).end('{"errors":[]}'));

    assert.equal(await open(server.host).manifest('shop', 'v1'), undefined);
  });

  const other = digest('something else');
  const lies: readonly { readonly name: string; readonly ask: string; readonly header: string }[] = [
    { name: 'the registry names another digest', ask: 'v1', header: other },
    { name: 'another digest was asked for', ask: other, header: '' },
  ];
  for (const { name, ask, header } of lies) {
    test(`is refused when ${name} than that of the bytes`, async () => {
      await using server = await serve((_request, response) =>
        sendManifest(response, { 'docker-content-digest': header }),
      );

      await assert.rejects(open(server.host).manifest('shop', ask), says(/with other bytes than it says/));
    });
  }

  test('is refused when it is no manifest', async () => {
    await using server = await serve((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<h1>Welcome</h1>'),
    );

    await assert.rejects(open(server.host).manifest('shop', 'v1'), says(/no image manifest[\s\S]*text\/html/));
  });
});

describe('logging in', () => {
  const BEARER = { username: 'ann', password: 'p:w' };

  test('a token comes from the server that the registry names, with name and password for it alone', async () => {
    const said: string[] = [];
    await using server = await serve((request, response) => {
      const { authorization = 'none' } = request.headers;
      said.push(`${request.url} ${authorization}`);
      if (request.url?.startsWith('/token') === true) return response.end('{"token":"t0ken"}');
      if (authorization === 'Bearer t0ken') return sendManifest(response);
      const realm = `http://${request.headers.host}/token`;
      response
        .writeHead(401, {
          'www-authenticate': `Bearer realm="${realm}",service="r, x",scope="repository:shop:pull,push"`,
        })
        .end();
    });
    const registry = open(server.host, BEARER);

    await registry.manifest('shop', 'v1');
    await registry.manifest('shop', 'v1');

    const basic = `Basic ${Buffer.from('ann:p:w').toString('base64')}`;
    assert.deepEqual(said, [
      '/v2/shop/manifests/v1 none',
      `/token?service=r%2C+x&scope=repository%3Ashop%3Apull%2Cpush ${basic}`,
      '/v2/shop/manifests/v1 Bearer t0ken',
      '/v2/shop/manifests/v1 Bearer t0ken',
    ]);
  });

  test('of several ways, the one that we know is taken', async () => {
    await using server = await serve((request, response) => {
      if (request.headers.authorization !== undefined) return sendManifest(response);
      response.writeHead(401, { 'www-authenticate': 'Negotiate, Basic realm="a \\"b\\", c"' }).end();
    });

    assert.equal((await open(server.host, BEARER).manifest('shop', 'v1'))?.digest, DIGEST);
  });

  test('a token server that stumbles is asked again', async () => {
    let asked = 0;
    await using server = await serve((request, response) => {
      if (request.headers.authorization === 'Bearer t') return sendManifest(response);
      if (request.url === '/token') {
        asked += 1;
        if (asked < 3) response.statusCode = 503;
        return response.end('{"access_token":"t"}');
      }
      const realm = `http://${request.headers.host}/token`;
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}"` }).end();
    });

    assert.equal((await open(server.host).manifest('shop', 'v1'))?.digest, DIGEST);
  });

  const wrong: readonly {
    readonly name: string;
    readonly challenge: string;
    readonly credentials?: Credentials;
    readonly pattern: RegExp;
  }[] = [
    { name: 'none is given', challenge: 'Basic realm="x"', pattern: /wants a login, and there is none/ },
    {
      name: 'it is not accepted',
      challenge: 'Basic realm="x"',
      credentials: BEARER,
      pattern: /does not accept "username" and "password"/,
    },
    {
      name: 'no way is known',
      challenge: 'Negotiate',
      credentials: BEARER,
      pattern: /offers no way to log in that we know, only: negotiate/,
    },
    {
      name: 'the token server has no address',
      challenge: 'Bearer realm="ftp://x/"',
      credentials: BEARER,
      pattern: /sends us for a token to "ftp:\/\/x\/"/,
    },
  ];
  for (const { name, challenge, credentials, pattern } of wrong) {
    test(`a clear error when ${name}`, async () => {
      await using server = await serve((_request, response) =>
        response.writeHead(401, { 'www-authenticate': challenge }).end(),
      );

      await assert.rejects(open(server.host, credentials).manifest('shop', 'v1'), says(pattern));
    });
  }

  test('a redirect is followed without our login', async () => {
    await using elsewhere = await serve((_request, response) => sendManifest(response));
    await using server = await serve((request, response) => {
      if (request.headers.authorization === undefined) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
        return;
      }
      response.writeHead(307, { location: `http://${elsewhere.host}/blob` }).end();
    });

    assert.equal((await open(server.host, BEARER).manifest('shop', 'v1'))?.digest, DIGEST);
    assert.equal(elsewhere.requests[0]?.headers.authorization, undefined);
  });
});

describe('what goes wrong on the way', () => {
  const faults: readonly { readonly name: string; readonly fail: (response: ServerResponse) => void }[] = [
    { name: '502 with a page of HTML', fail: answerBadGateway },
    { name: '429 with a time to wait', fail: (response) => response.writeHead(429, { 'retry-after': '7' }).end() },
    { name: '408', fail: (response) => response.writeHead(408).end() },
    { name: 'a connection that is cut', fail: (response) => response.destroy() },
    {
      name: 'a body that is cut off',
      fail: (response) => {
        response.writeHead(200, { 'content-type': OCI_MANIFEST, 'content-length': '100' });
        response.write(BYTES, () => response.destroy());
      },
    },
  ];
  for (const { name, fail } of faults) {
    test(`${name}, three times: the fourth try counts`, async () => {
      let left = 3;
      await using server = await serve((_request, response) => (left-- > 0 ? fail(response) : sendManifest(response)));
      const log = keptLog();

      const manifest = await open(server.host, undefined, log).manifest('shop', 'v1');

      assert.equal(manifest?.digest, DIGEST);
      assert.equal(log.told.length, 3);
      assert.match(log.told[2]?.[1] ?? '', /^GET http:\S+\/v2\/shop\/manifests\/v1: .*; try 4 of 4 in \d+\.\d s\.$/);
    });
  }

  test('four times is an error that says what came', async () => {
    await using server = await serve((_request, response) => answerBadGateway(response));

    await assert.rejects(
      open(server.host).manifest('shop', 'v1'),
      says(/could not read shop: status 502, 502 Bad Gateway/),
    );
    assert.equal(server.requests.length, 4);
  });

  test('nobody there is an error after four tries', async () => {
    const server = await serve(() => {});
    await server[Symbol.asyncDispose]();

    await assert.rejects(open(server.host).manifest('shop', 'v1'), says(/cannot be reached: .*ECONNREFUSED/));
  });

  test('TLS with a registry that has none is told at once', async () => {
    await using server = await serve((_request, response) => sendManifest(response));
    const registry = openRegistry(
      { registry: server.host.replace(ADDRESS, 'ip6-localhost'), plainHttp: false },
      {
        http: {
          request: (request) => systemHttp.request({ ...request, url: request.url.replace('ip6-localhost', ADDRESS) }),
        },
        clock: virtualClock(),
        log: keptLog(),
      },
    );

    await assert.rejects(registry.manifest('shop', 'v1'), says(/cannot be reached: [\s\S]*plain-http: true/));
  });

  test('what was not allowed is not tried again', async () => {
    const body = '{"errors":[{"code":"DENIED","message":"not you"}]}';
    await using server = await serve((_request, response) => response.writeHead(403).end(body));

    await assert.rejects(
      open(server.host).checkPush('acme/shop'),
      says(/does not let us push to acme\/shop: status 403, DENIED: not you/),
    );
    assert.equal(server.requests.length, 1);
  });
});

describe('with a real registry', () => {
  const content = Buffer.from('{}');
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digest('{}'), size: 2 };
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [] }));

  test('one manifest under several tags, behind a proxy that stumbles', async (t) => {
    if (requirePart(t, 'docker-registry') === undefined) return;
    await using dir = temporaryFolder();
    await using real = await startRegistry({ address: ADDRESS, folder: dir.path, account: ANN });
    let left = 2;
    await using proxy = await startFaultyProxy({
      address: ADDRESS,
      to: real.host,
      interfere: (request, response) =>
        request.headers.authorization !== undefined && left-- > 0 && answerBadGateway(response),
    });
    const registry = open(proxy.host, ANN);

    await registry.checkPush('acme/shop');
    const headers = { authorization: `Basic ${Buffer.from(`ann:${ANN.password}`).toString('base64')}` };
    const begun = await fetch(`http://${real.host}/v2/acme/shop/blobs/uploads/`, { method: 'POST', headers });
    const upload = new URL(begun.headers.get('location') ?? '');
    upload.searchParams.set('digest', config.digest);
    await fetch(upload, { method: 'PUT', headers, body: content });
    const wanted = {
      digest: digest(manifest.toString()) as `sha256:${string}`,
      mediaType: OCI_MANIFEST,
      bytes: manifest,
    };
    for (const tag of ['1.0.0', 'latest']) await registry.tag('acme/shop', tag, wanted);

    assert.deepEqual(await registry.manifest('acme/shop', '1.0.0'), wanted);
    assert.deepEqual(await registry.manifest('acme/shop', wanted.digest), wanted);
    assert.equal(await registry.manifest('acme/shop', 'v2'), undefined);
    assert.ok(proxy.requests.some((line) => line.startsWith('DELETE /v2/acme/shop/blobs/uploads/')));
    await assert.rejects(
      open(real.host, { ...ANN, password: 'wrong' }).checkPush('acme/shop'),
      says(/does not accept "username" and "password"/),
    );
    await assert.rejects(
      registry.tag('acme/shop', 'v2', { ...wanted, bytes: Buffer.from('{"schemaVersion":2}') }),
      says(/could not push to acme\/shop: status 400, .*MANIFEST_BLOB_UNKNOWN/),
    );
  });
});
