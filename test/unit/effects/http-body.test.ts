import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { systemHttp } from '@slipway/effects/http-real';
import { startKubeServer, tell } from '../../support/kube-server.ts';

describe('a body arrives whole, whatever the method', () => {
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
    for (const [kind, body] of [
      ['a text', 'grüß'],
      ['bytes', Buffer.from('grüß')],
    ] as const) {
      test(`${method} with ${kind}`, async () => {
        await using server = await startKubeServer((_asked, response) => tell(response, 200, {}));
        const { socketPath } = server.ports;

        const { status } = await systemHttp.request({
          method,
          url: 'http://localhost/',
          socketPath,
          body,
          timeoutMs: 5_000,
        });

        assert.deepEqual([status, server.asked.map((asked) => asked.body)], [200, ['grüß']]);
      });
    }
  }

  test('POST with a stream', async () => {
    await using server = await startKubeServer((_asked, response) => tell(response, 200, {}));
    const { socketPath } = server.ports;
    const body = Readable.from(['gr', 'üß']);

    await systemHttp.request({ method: 'POST', url: 'http://localhost/', socketPath, body, timeoutMs: 5_000 });

    assert.equal(server.asked[0]?.body, 'grüß');
  });
});
