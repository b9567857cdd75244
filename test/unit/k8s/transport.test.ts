import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { ApiRefusal } from '@slipway/k8s/api';
import { type Call, call } from '@slipway/k8s/transport';
import { startKubeServer, statusObject, tell } from '../../support/kube-server.ts';

const GET: Call = { method: 'GET', path: '/x', repeatable: true };
const POST: Call = { method: 'POST', path: '/x', body: { a: 1 }, repeatable: false };

type Fault = (response: ServerResponse) => void;

const reset: Fault = (response) => void response.destroy();
const halfway: Fault = (response) => {
  response.writeHead(200, { 'content-length': '100' });
  response.write('{"kind":', () => response.destroy());
};
const status =
  (code: number, reason = 'Unknown', message = 'no', headers: Record<string, string> = {}): Fault =>
  (response) =>
    tell(response, code, statusObject(code, reason, message), headers);

/** How often the server was asked, and what came of it, when each try meets the next of the faults. */
async function attempt(
  wanted: Call,
  faults: readonly Fault[],
): Promise<{ tries: number; result: unknown; waited: number }> {
  await using server = await startKubeServer((_asked, response, nth) => {
    const fault = faults[nth - 1];
    if (fault === undefined) tell(response, 200, { fine: true });
    else fault(response);
  });
  const began = server.ports.clock.monotonic();
  const result = await call(wanted, server.ports).then(
    ({ body }) => JSON.parse(body.toString('utf8')) as unknown,
    (thrown: unknown) => thrown,
  );
  return { tries: server.asked.length, result, waited: server.ports.clock.monotonic() - began };
}

describe('what may pass is tried again', () => {
  const rows: readonly (readonly [name: string, wanted: Call, fault: Fault])[] = [
    ['a reset', GET, reset],
    ['an answer that breaks off', GET, halfway],
    ['429', GET, status(429, 'TooManyRequests')],
    ['500', GET, status(500, 'InternalError')],
    ['503', GET, status(503)],
    ['504', GET, status(504, 'Timeout')],
    ['408', GET, status(408)],
    ['429 of what must not happen twice: it did not happen', POST, status(429)],
  ];
  for (const [name, wanted, fault] of rows) {
    test(name, async () => {
      const { tries, result } = await attempt(wanted, [fault, fault]);

      assert.deepEqual([tries, result], [3, { fine: true }]);
    });
  }

  test('not for ever', async () => {
    const { tries, result } = await attempt(
      GET,
      Array.from({ length: 9 }, () => status(500, 'InternalError', 'etcd is away')),
    );

    assert.equal(tries, 6);
    assert.ok(result instanceof ApiRefusal);
    assert.deepEqual([result.status, result.reason, result.message], [500, 'InternalError', 'etcd is away']);
  });

  test('after the time that the server asks for', async () => {
    const { waited } = await attempt(GET, [status(429, 'TooManyRequests', 'no', { 'retry-after': '3' })]);

    assert.ok(waited >= 3_000, String(waited));
  });

  test('and each time later', async () => {
    const { waited } = await attempt(GET, [reset, reset, reset]);

    assert.ok(waited >= 100 + 200 + 400 && waited < 1_000, String(waited));
  });
});

describe('what cannot pass is told at once', () => {
  const rows: readonly (readonly [name: string, wanted: Call, fault: Fault])[] = [
    ['404', GET, status(404, 'NotFound')],
    ['409', GET, status(409, 'Conflict')],
    [
      'an object that fits no schema, for which the server says 500',
      GET,
      status(500, 'Unknown', 'failed to create typed patch object (a/b; v1, Kind=Secret): .x: expected string'),
    ],
    ['a reset of what must not happen twice', POST, reset],
    ['500 of what must not happen twice', POST, status(500)],
  ];
  for (const [name, wanted, fault] of rows) {
    test(name, async () => {
      const { tries, result } = await attempt(wanted, [fault]);

      assert.equal(tries, 1);
      assert.ok(result instanceof Error);
    });
  }
});

test('a refusal has its fields and words', async () => {
  const causes = [{ field: 'spec.x', message: 'is bad', reason: 'FieldValueInvalid' }, { field: 7 }];
  const { result } = await attempt(GET, [
    (response) => tell(response, 422, statusObject(422, 'Invalid', 'is invalid', causes)),
  ]);

  assert.ok(result instanceof ApiRefusal);
  assert.deepEqual(result.causes, [
    { field: 'spec.x', message: 'is bad', reason: 'FieldValueInvalid' },
    { field: '', message: '', reason: '' },
  ]);
});

test('a gateway that is no API server is quoted', async () => {
  const { result } = await attempt(GET, [(response) => response.writeHead(403).end('<h1>VPN only</h1>\n')]);

  assert.ok(result instanceof ApiRefusal);
  assert.equal(result.message, 'status 403: <h1>VPN only</h1>');
});

test('a lost cluster ends the trying', async () => {
  const gone = new Error('kubectl proxy ended');
  await using server = await startKubeServer((_asked, response) => {
    server.lose(gone);
    response.destroy();
  });

  await assert.rejects(call(GET, server.ports), gone);
  assert.equal(server.asked.length, 1);
  await assert.rejects(call(GET, server.ports), gone);
  assert.equal(server.asked.length, 1);
});
