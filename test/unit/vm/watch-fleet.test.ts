import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemExec } from '@slipway/effects/exec-real';
import { systemHttp } from '@slipway/effects/http-real';
import { parseGates } from '@slipway/health/gates';
import type { Figures } from '@slipway/health/judge-gate';
import type { Balancer, ServerRef } from '@slipway/vm/balancers/balancer';
import { figuresOf, type WatchOptions, watchedIn, watchFleet } from '@slipway/vm/watch-fleet';
import { keptLog } from '../../support/kept-log.ts';
import { memoryBalancer } from '../../support/memory-balancer.ts';
import { aRelease } from '../../support/releases.ts';
import { aMember, aSlot, aTopology } from '../../support/topologies.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

const signal = new AbortController().signal;
const NEW = aRelease('v2');
const PLACE = { app: 'shop', environment: 'production' };
const SIDES = aTopology(
  ['web-1', 'web-2'].map((name) => {
    const slots = { blue: aSlot('v1', { share: 95 }), green: aSlot('v2', { share: 5 }) };
    return aMember(name, slots.blue, { id: name, slots });
  }),
  { slots: 2, shifts: 'together' },
);
const SOAK = { kind: 'soak', members: ['web-1', 'web-2'], release: NEW, forMs: 4_000 } as const;
const CHECK = { kind: 'check', members: ['web-1'], slot: 'green', release: NEW } as const;

test('gates are told of both sides: of two slots, or of members that are replaced one by one', () => {
  assert.deepEqual(watchedIn(SOAK, SIDES, PLACE), {
    ...PLACE,
    fresh: { slot: 'green', version: 'v2' },
    stable: { slot: 'blue', version: 'v1' },
    share: 5,
  });
  const mixed = aTopology([aMember('web-1', aSlot('v2'), { id: 'web-1' }), aMember('web-2', aSlot('v1'))]);
  assert.deepEqual(watchedIn({ ...SOAK, members: ['web-1'] }, mixed, PLACE), {
    ...PLACE,
    fresh: { slot: 'blue', version: 'v2' },
    stable: { slot: 'blue', version: 'v1' },
    share: 50,
  });
});

test('balancers count together, and one that does not count leaves no figures', async () => {
  const one = counting({ process: 'a', requests: 10, failed: 1, meanMs: 10 });
  const two = counting({ process: 'b', requests: 30, failed: 2, meanMs: 50 });
  const servers = [{ member: 'web-1', slot: 'green' }] as const;

  assert.deepEqual(await figuresOf([one, two], servers, signal), {
    process: 'a; b',
    requests: 40,
    failed: 3,
    meanMs: 40,
  });
  assert.equal(await figuresOf([one, memoryBalancer('lb', ['web-1'])], servers, signal), undefined);
  assert.equal(await figuresOf([], servers, signal), undefined);
});

test('only the servers of the new side are counted, and what was seen is told', async () => {
  const asked: (readonly ServerRef[])[] = [];
  let requests = 0;
  const balancer: Balancer = {
    ...memoryBalancer('lb', []),
    figures: async (servers) => {
      asked.push(servers);
      requests += 100;
      return { process: 'a', requests, failed: 0, meanMs: 5 };
    },
  };
  const log = keptLog();

  const verdict = await watch({ balancers: [balancer], gates: gates('errors <= 1% of 50'), log }).look(
    SOAK,
    SIDES,
    signal,
  );

  assert.equal(verdict.kind, 'good');
  assert.deepEqual(asked[0], [
    { member: 'web-1', slot: 'green' },
    { member: 'web-2', slot: 'green' },
  ]);
  assert.match(log.told.map(([, text]) => text).join(), /^gate errors <= 1% of 50: 0 of \d+ requests failed, 0\.00 %$/);
});

test('a balancer that cannot be asked is no pass', async () => {
  const balancers = [{ ...memoryBalancer('lb', []), figures: () => Promise.reject(new Error('no answer from lb')) }];

  const verdict = await watch({ balancers, gates: gates('errors <= 1%') }).look(SOAK, SIDES, signal);

  assert.deepEqual(verdict, { kind: 'bad', why: 'no answer from lb', lastLines: [] });
});

test('without gates a soak is only a wait', async () => {
  const clock = virtualClock();

  assert.deepEqual(await watch({ clock }).look(SOAK, SIDES, signal), { kind: 'good' });
  assert.equal(clock.monotonic(), 4_000);
});

test('checks get the way to each member on stdin, and the first that fails ends them', async () => {
  const log = keptLog();
  const passing = watch({ checks: [['cat'], ['true']], log });
  const failing = watch({ checks: [['sh', '-c', 'seq 60; exit 3'], ['cat']], log: keptLog() });

  assert.deepEqual(await passing.look(CHECK, SIDES, signal), { kind: 'good' });
  const told = log.told.find(([level]) => level === 'foreign')?.[1] ?? '';
  assert.deepEqual(JSON.parse(told), {
    ...PLACE,
    slot: 'green',
    version: 'v2',
    digest: NEW.digest,
    members: [{ name: 'web-1', ...doorTo('web-1', 'green') }],
  });
  const verdict = await failing.look(CHECK, SIDES, signal);
  assert.ok(verdict.kind === 'bad');
  assert.equal(verdict.why, 'check sh -c seq 60; exit 3 ended with status 3.');
  assert.deepEqual([verdict.lastLines.length, verdict.lastLines[0], verdict.lastLines.at(-1)], [50, '11', '60']);
});

test('a check that is not there has not passed', async () => {
  const verdict = await watch({ checks: [['./no-such-check']] }).look(CHECK, SIDES, signal);

  assert.equal(verdict.kind, 'bad');
});

function watch(overrides: Partial<WatchOptions> = {}) {
  return watchFleet({
    ...PLACE,
    gates: [],
    everyMs: 1_000,
    checks: [],
    balancers: [],
    doorTo,
    exec: systemExec,
    http: systemHttp,
    clock: virtualClock(),
    log: keptLog(),
    ...overrides,
  });
}

function doorTo(member: string, slot: string) {
  return { url: 'http://127.0.0.1:8081', health: 'http://127.0.0.1:8081/healthz', socket: `/tmp/${member}-${slot}` };
}

function gates(line: string): WatchOptions['gates'] {
  const read = parseGates([line]);
  assert.ok(!('problems' in read));
  return read;
}

function counting(figures: Figures): Balancer {
  return { ...memoryBalancer('lb', []), figures: async () => figures };
}
