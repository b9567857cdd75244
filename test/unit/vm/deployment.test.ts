import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { systemClock } from '@slipway/effects/clock';
import type { ReleaseRecord } from '@slipway/kernel/release';
import type { Intent } from '@slipway/rollout/decide';
import { execute } from '@slipway/rollout/execute';
import type { Result } from '@slipway/rollout/result';
import { releaseFolder } from '@slipway/vm/layout';
import { createVmTarget } from '@slipway/vm/target';
import { aRequest } from '../../support/topologies.ts';
import { type VmFleet, vmFleet } from '../../support/vm-fleet.ts';

const MEMBERS = ['web-1', 'web-2', 'web-3', 'web-4'];

test('deploy, deploy again, update, fail and come back, roll back: the fleet ends each time as the ledger says', async (t) => {
  await using fleet = await vmFleet(t, MEMBERS.length, 1, '127.0.35.1');
  if (fleet === undefined) return;
  const [v1, v2, v3] = [await fleet.release('v1'), await fleet.release('v2'), await fleet.release('v3-broken')];

  assert.equal((await deploy(fleet, v1)).outcome, 'deployed');
  await expect(fleet, 'v1');

  forget(fleet);
  const again = await deploy(fleet, v1);
  assert.equal(again.outcome, 'unchanged');
  assert.deepEqual(steps(fleet), ['observe']);
  assert.deepEqual(fleet.balancers[0]?.changes, []);

  assert.equal((await deploy(fleet, v2)).outcome, 'deployed');
  await expect(fleet, 'v2');

  forget(fleet);
  const failed = await deploy(fleet, v3);
  assert.equal(failed.outcome, 'rolled-back');
  assert.match(failed.failures[0]?.what ?? '', /did not become healthy/);
  await expect(fleet, 'v2');
  assert.equal(touched(fleet), 1, 'only the first batch was ever taken out');

  const back = await rollBack(fleet);
  assert.equal(back.outcome, 'rolled-back');
  await expect(fleet, 'v1');
  assert.deepEqual(fleet.fetched, ['v1', 'v2', 'v3-broken']);
  const [host] = fleet.hosts;
  assert.deepEqual(
    readdirSync(host?.at('releases') ?? '').filter((name) => name !== releaseFolder(v3)),
    [v1, v2].map(releaseFolder),
  );
  assert.equal(host?.read('state/ledger.jsonl').trimEnd().split('\n').length, 4);
});

function deploy(fleet: VmFleet, release: ReleaseRecord): Promise<Result> {
  return run(fleet, { kind: 'deploy', release, allowOlder: false });
}

function rollBack(fleet: VmFleet): Promise<Result> {
  return run(fleet, { kind: 'rollback', to: '' });
}

let runs = 0;

async function run(fleet: VmFleet, intent: Intent): Promise<Result> {
  runs += 1;
  return await execute({
    app: 'shop',
    environment: 'test',
    intent,
    tactics: aRequest(),
    mode: 'apply',
    maxFailures: 0,
    keep: 3,
    lockWaitMs: 1_000,
    run: { id: String(runs), attempt: 1, number: runs, url: `https://ci.example/runs/${runs}`, actor: 'ada' },
    target: createVmTarget(fleet.options),
    clock: systemClock,
    log: fleet.log,
    signal: new AbortController().signal,
  });
}

async function expect(fleet: VmFleet, version: string): Promise<void> {
  assert.deepEqual(
    await Promise.all(MEMBERS.map((name) => fleet.answer(name))),
    MEMBERS.map(() => version),
  );
  assert.deepEqual(
    MEMBERS.map((name) => fleet.balancers[0]?.share(name)),
    MEMBERS.map(() => 100),
  );
}

function forget(fleet: VmFleet): void {
  fleet.balancers[0]?.changes.splice(0);
  for (const { session } of fleet.hosts) session.steps.length = 0;
}

function steps(fleet: VmFleet): readonly string[] {
  return fleet.hosts[0]?.session.steps ?? [];
}

function touched(fleet: VmFleet): number {
  return new Set(fleet.balancers[0]?.changes.map((change) => change.split('=')[0])).size;
}
