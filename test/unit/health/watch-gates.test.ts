import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemExec } from '@slipway/effects/exec-real';
import { systemHttp } from '@slipway/effects/http-real';
import { parseGates } from '@slipway/health/gates';
import type { Figures, Watched } from '@slipway/health/judge-gate';
import { type GateVerdict, watchGates } from '@slipway/health/watch-gates';
import { virtualClock } from '../../support/virtual-clock.ts';

const signal = new AbortController().signal;
const watched: Watched = {
  app: 'shop',
  environment: 'production',
  fresh: { slot: 'green', version: 'v2' },
  stable: { slot: 'blue', version: 'v1' },
  share: 5,
};

test('a gate that holds until the end is good, and says what was seen', async () => {
  const verdict = await watch(['errors <= 1% of 50'], [counted(100, 3), counted(300, 4)]);

  assert.deepEqual(verdict, { kind: 'good', seen: ['errors <= 1% of 50: 1 of 200 requests failed, 0.50 %'] });
});

test('what was counted before the soak does not count', async () => {
  assert.equal((await watch(['errors <= 1% of 50'], [counted(100, 100), counted(300, 100)])).kind, 'good');
});

test('a broken gate ends it at once', async () => {
  const clock = virtualClock();

  const verdict = await watch(['errors <= 1% of 50'], [counted(0, 0), counted(60, 2), counted(900, 2)], clock);

  assert.match(verdict.kind === 'bad' ? verdict.why : '', /is broken: 2 of 60 requests failed, 3\.33 %$/);
  assert.equal(clock.monotonic(), 1_000, 'the first look that could see it');
});

const NO_VERDICT: readonly (readonly [string, string, readonly (Figures | undefined)[], RegExp])[] = [
  ['too few requests', 'errors <= 1% of 50', [counted(0, 0), counted(49, 0)], /49 requests, of 50 that are needed/],
  ['a balancer that counts nothing', 'errors <= 1%', [undefined], /no balancer counts/],
  ['a balancer that was restarted', 'errors <= 1%', [counted(0, 0), counted(99, 0, 'other')], /restarted/],
  ['a program that fails', 'command false-gate', [], /cannot be found|not found|ENOENT|is not on/],
  ['a query that nobody answers', 'prometheus http://127.0.0.1:9 <= 1 : up', [], /ECONNREFUSED/],
];
for (const [name, line, figures, why] of NO_VERDICT) {
  test(`${name} is no verdict, and never a pass`, async () => {
    const verdict = await watch([line], figures);

    assert.equal(verdict.kind, 'bad');
    assert.match(verdict.kind === 'bad' ? verdict.why : '', /came to no verdict/);
    assert.match(verdict.kind === 'bad' ? verdict.why : '', why);
  });
}

test('a gate that passed once is not undone by an error later', async () => {
  const verdict = await watch(['errors <= 1% of 50'], [counted(0, 0), counted(90, 0), counted(5, 0, 'other')]);

  assert.equal(verdict.kind, 'good');
});

test('the mean time counts too', async () => {
  const slow = { ...counted(200, 0), meanMs: 301 };

  const verdict = await watch(['time <= 300ms of 50'], [counted(0, 0), slow]);

  assert.match(verdict.kind === 'bad' ? verdict.why : '', /301 ms on the mean, of 200 requests/);
});

test('a program reads what is watched, and breaks the gate with status 1', async () => {
  const verdict = await watch(['command test/fixtures/gates/breaks.sh'], []);

  assert.deepEqual(verdict, {
    kind: 'bad',
    why: 'the gate "command test/fixtures/gates/breaks.sh" is broken: v2 in green is bad',
    lastLines: ['v2 in green is bad'],
  });
});

function counted(requests: number, failed: number, process = 'one'): Figures {
  return { process, requests, failed, meanMs: 20 };
}

/** Looks each second of three; the last figures stay. */
async function watch(
  lines: readonly string[],
  figures: readonly (Figures | undefined)[],
  clock = virtualClock(),
): Promise<GateVerdict> {
  const gates = parseGates(lines);
  assert.ok(!('problems' in gates));
  const rest = [...figures];
  const next = async (): Promise<Figures | undefined> => (rest.length > 1 ? rest.shift() : rest[0]);
  const ports = { exec: systemExec, http: systemHttp, clock, figures: next };
  return await watchGates(gates, watched, { forMs: 3_000, everyMs: 1_000 }, ports, signal);
}
