import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Balancer } from '@slipway/vm/balancers/balancer';
import { changeTraffic } from '@slipway/vm/traffic';
import { memoryBalancer } from '../../support/memory-balancer.ts';

const signal = new AbortController().signal;
const LIMITS = { drainMs: 1, upMs: 1 };
const SWITCH = [
  { member: 'web-1', slot: 'green', share: 100 },
  { member: 'web-2', slot: 'blue', share: 0 },
] as const;

test('where all users follow at once, what joins is called up first, on every balancer', async () => {
  const told: string[] = [];
  const balancers = ['lb-1', 'lb-2'].map((name) => ({ balancer: telling(name, told) }));

  assert.equal((await changeTraffic(balancers, SWITCH, LIMITS, signal)).size, 0);

  assert.deepEqual(told, ['lb-1 ready web-1', 'lb-2 ready web-1', 'lb-1 set', 'lb-2 set']);
});

test('nobody is switched to a side that one of the balancers does not call up', async () => {
  const told: string[] = [];
  const balancers = [{ balancer: telling('lb-1', told) }, { balancer: telling('lb-2', told, 'web-1 is DOWN') }];

  const failures = await changeTraffic(balancers, SWITCH, LIMITS, signal);

  assert.deepEqual(
    [...failures].map(([member, { message }]) => `${member}: ${message}`),
    ['web-1: web-1 is DOWN', 'web-2: web-1 is DOWN'],
  );
  assert.deepEqual(told, ['lb-1 ready web-1', 'lb-2 ready web-1']);
});

function telling(name: string, told: string[], down?: string): Balancer {
  const balancer = memoryBalancer(name, ['web-1', 'web-2']);
  return {
    ...balancer,
    async ready(servers) {
      told.push(`${name} ready ${servers.map(({ member }) => member).join()}`);
      if (down !== undefined) throw new Error(down);
    },
    async set(changes, until) {
      told.push(`${name} set`);
      await balancer.set(changes, until);
    },
  };
}
