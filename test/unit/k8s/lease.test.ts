import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '@slipway/effects/clock';
import { ApiRefusal, type KubeApi } from '@slipway/k8s/api';
import { createLease, type KubeLease } from '@slipway/k8s/lease';
import { leaseRef } from '@slipway/k8s/place';
import { UserError } from '@slipway/kernel/errors';
import { keptLog } from '../../support/kept-log.ts';
import { type MemoryCluster, memoryCluster } from '../../support/memory-cluster.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

const LEASE_MS = 30_000;
const ref = leaseRef({ app: 'shop', environment: 'production', namespace: 'web' });
const signal = new AbortController().signal;

interface Lab {
  readonly cluster: MemoryCluster;
  readonly clock: Clock;
}

const lab = (): Lab => ({ cluster: memoryCluster(), clock: virtualClock() });

function leaseOf(
  { cluster, clock }: Lab,
  token: string,
  more: { api?: KubeApi; formerToken?: string } = {},
): KubeLease {
  const run = { id: token, attempt: 1, number: 1, url: `https://ci.example/runs/${token}` };
  return createLease({ api: cluster.api, ref, run, token, leaseMs: LEASE_MS, clock, log: keptLog(), ...more });
}

function holderOf({ cluster }: Lab): unknown {
  return cluster.one('Lease', ref.name)?.spec?.holderIdentity;
}

test('a lease is taken, renewed while it is held, and given back', async () => {
  const place = lab();
  const lease = leaseOf(place, 'a');

  await lease.lock(1_000, signal);
  const first = place.cluster.one('Lease', ref.name)?.spec?.renewTime;
  await place.clock.sleep(5 * LEASE_MS);

  assert.equal(holderOf(place), 'a.1/a');
  assert.notEqual(place.cluster.one('Lease', ref.name)?.spec?.renewTime, first);
  assert.equal(lease.lost.aborted, false);
  await lease.unlock();
  assert.equal(holderOf(place), '');
});

test('whoever comes second waits until it is given back', async () => {
  const place = lab();
  const first = leaseOf(place, 'a');
  const second = leaseOf(place, 'b');
  await first.lock(1_000, signal);

  const waiting = second.lock(10 * LEASE_MS, signal);
  await place.clock.sleep(4 * LEASE_MS);
  assert.equal(holderOf(place), 'a.1/a');
  await first.unlock();
  await waiting;

  assert.equal(holderOf(place), 'b.1/b');
  assert.equal(place.cluster.one('Lease', ref.name)?.spec?.leaseTransitions, 2);
  await second.unlock();
});

test('who waits too long is told who has it', async () => {
  const place = lab();
  const first = leaseOf(place, 'a');
  await first.lock(1_000, signal);

  const second = leaseOf(place, 'b').lock(2 * LEASE_MS, signal);

  await assert.rejects(second, (thrown) => thrown instanceof UserError && /ci\.example\/runs\/a/.test(thrown.message));
  await first.unlock();
});

test('a dead holder is taken over after the lease, not before', async () => {
  const place = lab();
  const { api, kill } = mortal(place.cluster.api);
  await leaseOf(place, 'a', { api }).lock(1_000, signal);
  kill();
  const began = place.clock.monotonic();

  const second = leaseOf(place, 'b');
  await second.lock(10 * LEASE_MS, signal);

  assert.equal(holderOf(place), 'b.1/b');
  assert.ok(place.clock.monotonic() - began >= LEASE_MS);
  assert.ok(place.clock.monotonic() - began < 2 * LEASE_MS);
  await second.unlock();
});

test('the lease of a process of ours that is known to be dead is taken at once', async () => {
  const place = lab();
  const { api, kill } = mortal(place.cluster.api);
  await leaseOf(place, 'a', { api }).lock(1_000, signal);
  kill();
  const began = place.clock.monotonic();

  const post = leaseOf(place, 'b', { formerToken: 'a' });
  await post.lock(1_000, signal);

  assert.equal(place.clock.monotonic(), began);
  await post.unlock();
});

test('a holder that hears nothing gives up before anybody can take over', async () => {
  const place = lab();
  const { api, kill } = mortal(place.cluster.api);
  const lease = leaseOf(place, 'a', { api });
  await lease.lock(1_000, signal);
  const lost = new Promise<number>((resolve) =>
    lease.lost.addEventListener('abort', () => resolve(place.clock.monotonic())),
  );
  kill();

  const at = await lost;

  assert.ok(at < LEASE_MS, `after ${at} ms`);
});

test('a holder that was robbed knows it at its next sign of life', async () => {
  const place = lab();
  const lease = leaseOf(place, 'a');
  await lease.lock(1_000, signal);
  const stolen = place.cluster.one('Lease', ref.name);
  assert.ok(stolen !== undefined);
  place.cluster.put({ ...stolen, spec: { ...stolen.spec, holderIdentity: 'x.1/x' } });

  await place.clock.sleep(LEASE_MS);

  assert.equal(lease.lost.aborted, true);
  await lease.unlock();
  assert.equal(holderOf(place), 'x.1/x');
});

test('of many that come at once one at a time has it', async () => {
  const place = lab();
  let inside = 0;
  let most = 0;

  await Promise.all(
    ['a', 'b', 'c', 'd', 'e'].map(async (token) => {
      const lease = leaseOf(place, token);
      await lease.lock(100 * LEASE_MS, signal);
      inside += 1;
      most = Math.max(most, inside);
      await place.clock.sleep(3 * LEASE_MS);
      inside -= 1;
      await lease.unlock();
    }),
  );

  assert.equal(most, 1);
});

test('answers that get lost do not cost the lease', async () => {
  const place = lab();
  const { api } = place.cluster;
  let calls = 0;
  const deaf = <T>(answer: T): T => {
    calls += 1;
    if (calls % 2 === 1) throw new Error('socket hang up');
    return answer;
  };
  const flaky: KubeApi = {
    ...api,
    create: async (object) => deaf(await api.create(object)),
    replace: async (object) => deaf(await api.replace(object)),
  };
  const lease = leaseOf(place, 'a', { api: flaky });

  await lease.lock(1_000, signal);
  await place.clock.sleep(10 * LEASE_MS);

  assert.equal(lease.lost.aborted, false);
  await lease.unlock();
  assert.equal(holderOf(place), '');
});

test('a namespace that is not there is said with the command that makes it', async () => {
  const place = lab();
  const lease = leaseOf(place, 'a', { api: { ...place.cluster.api, create: noNamespace } });

  await assert.rejects(lease.lock(1_000, signal), /kubectl create namespace web/);
});

function noNamespace(): Promise<never> {
  return Promise.reject(new ApiRefusal(404, 'NotFound', 'namespaces "web" not found', []));
}

/** An API that never answers once it is killed. */
function mortal(api: KubeApi): { readonly api: KubeApi; readonly kill: () => void } {
  let isDead = false;
  const alive = async <T>(ask: () => Promise<T>): Promise<T> =>
    isDead ? await new Promise<never>(() => {}) : await ask();
  return {
    kill() {
      isDead = true;
    },
    api: {
      ...api,
      get: (wanted) => alive(() => api.get(wanted)),
      create: (object) => alive(() => api.create(object)),
      replace: (object) => alive(() => api.replace(object)),
    },
  };
}
