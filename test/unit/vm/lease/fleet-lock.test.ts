import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '@slipway/effects/clock';
import { lockFleet, unlockFleet } from '@slipway/vm/lease/fleet-lock';
import type { LeasedSession } from '@slipway/vm/ssh/session';
import * as fc from 'fast-check';
import { keptLog } from '../../../support/kept-log.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

/** A host as the lease sees it: an id, and who has it. */
interface FakeHost {
  readonly id: string;
  owner: { readonly token: string; readonly run: string } | undefined;
}

const NEVER = new AbortController().signal;

test('runs that want overlapping hosts all get their turn, and no host ever has two owners', async () => {
  const someRuns = fc.array(
    fc.record({
      hosts: fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 }),
      startMs: fc.integer({ min: 0, max: 2_000 }),
      holdMs: fc.integer({ min: 0, max: 3_000 }),
    }),
    { minLength: 2, maxLength: 6 },
  );

  await fc.assert(
    fc.asyncProperty(someRuns, async (runs) => {
      const clock = virtualClock();
      const hosts = hostsOf('e', 'b', 'd', 'a', 'c');
      const locked: number[] = [];
      await Promise.all(
        runs.map(async (run, number) => {
          const sessions = run.hosts.map((index) => sessionOn(hosts[index], `run ${number}`));
          await clock.sleep(run.startMs);
          await lockFleet(sessions, { ...settingsOf(clock), waitMs: 60_000 });
          assert.ok(sessions.every((session) => ownerOf(hosts, session) === session.token));
          await clock.sleep(run.holdMs);
          assert.ok(sessions.every((session) => ownerOf(hosts, session) === session.token));
          await unlockFleet(sessions);
          locked.push(number);
        }),
      );

      assert.equal(locked.length, runs.length);
      assert.ok(hosts.every(({ owner }) => owner === undefined));
    }),
    { numRuns: 100 },
  );
});

test('on a conflict all is let go, and while it waits it holds only hosts with smaller ids', async () => {
  const clock = virtualClock();
  const hosts = hostsOf('c', 'a', 'b');
  const [c, a, b] = hosts;
  const other = sessionOn(b, 'other');
  await other.acquire();
  const log = keptLog();
  const locking = lockFleet(
    hosts.map((host) => sessionOn(host, 'mine')),
    { ...settingsOf(clock), waitMs: 10_000, log },
  );

  // Time only passes when everybody sleeps, and the fakes answer without sleeping.
  while (log.told.length === 0) await turn();
  const whileWaiting = [a, b, c].map((host) => host?.owner?.run);
  await other.release();
  await locking;

  assert.deepEqual(whileWaiting, ['mine', 'other', undefined]);
  assert.deepEqual(
    [a, b, c].map((host) => host?.owner?.run),
    ['mine', 'mine', 'mine'],
  );
  assert.deepEqual(log.told, [
    ['info', 'host-b is held by other (https://git.example/x), heard of 3 s ago; waiting up to 10s.'],
  ]);
});

test('when the time is up, nothing is held any more', async () => {
  const clock = virtualClock();
  const hosts = hostsOf('a', 'b');
  await sessionOn(hosts[1], 'other').acquire();
  const sessions = hosts.map((host) => sessionOn(host, 'mine'));

  await assert.rejects(lockFleet(sessions, { ...settingsOf(clock), waitMs: 3_000 }), (cause: Error) => {
    assert.match(cause.message, /^host-b is held by another run, still after 3s\.\n {2}got: {5}other \(https/);
    assert.match(cause.message, /fix: {5}wait for that run or end it/);
    return true;
  });
  assert.equal(hosts[0]?.owner, undefined);
});

test('who gives up while it waits holds nothing any more', async () => {
  const clock = virtualClock();
  const hosts = hostsOf('a', 'b');
  await sessionOn(hosts[1], 'other').acquire();
  const stop = new AbortController();
  const locking = lockFleet(
    hosts.map((host) => sessionOn(host, 'mine')),
    { ...settingsOf(clock), waitMs: 60_000, signal: stop.signal },
  );
  await clock.sleep(1_000);

  stop.abort(new Error('the user gave up'));

  await assert.rejects(locking, /the user gave up/);
  assert.equal(hosts[0]?.owner, undefined);
});

test('a host that fails lets all others go; several failures are told together', async () => {
  const hosts = hostsOf('a', 'b', 'c');
  const broken = (index: number): LeasedSession => ({
    ...sessionOn(hosts[index], 'mine'),
    acquire: () => Promise.reject(new Error(`host-${index} is full`)),
  });

  const one = lockFleet([sessionOn(hosts[0], 'mine'), broken(1)], settingsOf(virtualClock()));
  await assert.rejects(one, { message: 'host-1 is full' });
  const two = lockFleet([sessionOn(hosts[0], 'mine'), broken(1), broken(2)], settingsOf(virtualClock()));
  await assert.rejects(two, { name: 'UserError', message: 'host-1 is full\nhost-2 is full' });

  assert.equal(hosts[0]?.owner, undefined);
});

function hostsOf(...ids: string[]): FakeHost[] {
  return ids.map((id) => ({ id, owner: undefined }));
}

function settingsOf(clock: Clock): Parameters<typeof lockFleet>[1] {
  return { waitMs: 0, clock, signal: NEVER, log: keptLog() };
}

function ownerOf(hosts: readonly FakeHost[], session: LeasedSession): string | undefined {
  return hosts.find(({ id }) => id === session.hostId())?.owner?.token;
}

function unused(): never {
  return assert.fail('not part of locking');
}

let sessionCount = 0;

function sessionOn(host: FakeHost | undefined, run: string): LeasedSession {
  if (host === undefined) throw new Error('no such host');
  sessionCount += 1;
  const token = `token-${sessionCount}`;
  return {
    token,
    host: { name: `host-${host.id}`, address: host.id, root: '/srv' },
    lost: NEVER,
    hostId: () => host.id,
    leader: () => token,
    async acquire() {
      await turn();
      host.owner ??= { token, run };
      if (host.owner.token === token) return { kind: 'held', fence: 1 };
      const { owner } = host;
      return { kind: 'busy', owner: owner.run, url: 'https://git.example/x', ageSeconds: 3, token: owner.token };
    },
    async release() {
      await turn();
      if (host.owner?.token === token) host.owner = undefined;
    },
    run: unused,
    socket: unused,
    follow: unused,
    forward: unused,
    close: unused,
  };
}
