import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAmount } from '@slipway/kernel/amount';
import type { Intent } from '@slipway/rollout/decide';
import { execute } from '@slipway/rollout/execute';
import { live } from '@slipway/rollout/ledger';
import { isGreen, type Result } from '@slipway/rollout/result';
import type { RollingRequest } from '@slipway/strategy/plan';
import { type Capabilities, inService, satisfies } from '@slipway/strategy/topology';
import * as fc from 'fast-check';
import { deploy, ledgerOf, optionsFor, promisedFor, restore, tactics, watched } from '../../support/deployments.ts';
import { copyOf, type MemoryFleet, memoryFleet, topologyOf } from '../../support/memory-fleet.ts';
import { type Faults, memorySession } from '../../support/memory-target.ts';
import { aRecord } from '../../support/releases.ts';

// A run is killed at one instant: before or after an intent, an effect, or a line of a ledger. It is never heard of
// again. The same run is then repeated plainly, and has to end as if nothing had happened.

interface Scenario {
  readonly fleet: MemoryFleet;
  readonly intent: Intent;
  /** What shall be live once the run was repeated; null when the release is broken and goes back. */
  readonly ends: string | null;
  readonly tactics: typeof tactics;
}

const toV3: Intent = { kind: 'deploy', release: aRecord('v3'), allowOlder: false };
const back: Intent = { kind: 'rollback', to: '' };

const gradually: Partial<Capabilities> = { replaces: 'gradually', weights: 'none' };

const named: readonly [string, () => Promise<Scenario>][] = [
  ['a deployment', () => scenario({ size: 4, intent: toV3 })],
  ['the first deployment', () => scenario({ size: 3, intent: toV3, history: [] })],
  ['a rollback', () => scenario({ size: 4, intent: back })],
  ['a deployment of a broken release', () => scenario({ size: 3, intent: toV3, broken: true })],
  ['a deployment that replaces gradually', () => scenario({ size: 3, intent: toV3, can: gradually })],
  ['a rollback that replaces gradually', () => scenario({ size: 3, intent: back, can: gradually })],
  [
    'a deployment of a broken release that replaces gradually',
    () => scenario({ size: 3, intent: toV3, can: gradually, broken: true }),
  ],
];
for (const [name, prepare] of named) {
  test(`${name}, killed at every instant, converges when it is run again`, async (t) => {
    const prepared = await prepare();
    const instants = await countInstants(prepared);

    for (let at = 0; at < instants; at++) await killAndRepeat(prepared, at);

    t.diagnostic(`${instants} instants`);
  });
}

test('random fleets and requests, killed at random instants, converge when they are run again', async () => {
  const amount = fc.constantFrom({ kind: 'count', count: 1 } as const, { kind: 'percent', percent: 50 } as const);
  const anyShape = fc.record({
    size: fc.integer({ min: 2, max: 5 }),
    intent: fc.constantFrom(toV3, toV3, back),
    history: fc.constantFrom(['v1', 'v2'], ['v0', 'v1', 'v2']),
    broken: fc.boolean(),
    can: fc.constantFrom<Partial<Capabilities>>({}, {}, gradually, { replaces: 'gradually' }),
    batch: fc.tuple(amount),
    minAvailable: amount,
  });
  await fc.assert(
    fc.asyncProperty(anyShape, fc.nat(), async (shape, at) => {
      const prepared = await scenario(shape);
      await killAndRepeat(prepared, at % (await countInstants(prepared)));
    }),
    // A failure prints the seed.
    { numRuns: 150 },
  );
});

async function killAndRepeat(prepared: Scenario, at: number): Promise<void> {
  const fleet = copyOf(prepared.fleet);
  const where = `killed at instant ${at}, min-available ${formatAmount(prepared.tactics.minAvailable)}`;
  let instant = 0;
  const target = memorySession(fleet, () => (instant++ === at ? 'crash' : undefined));
  const options = optionsFor(fleet, prepared.intent, { target, tactics: prepared.tactics });
  fleet.floor = promisedFor(fleet, options);
  const end = await Promise.race([execute(options), target.crashed]);
  assert.equal(end, undefined, `${where}: the run is dead`);
  assert.deepEqual(fleet.violations, [], where);

  const run = { ...options.run, attempt: 2 };
  const again = await watched(fleet, { ...options, run, target: memorySession(fleet) });
  assertConverged(fleet, prepared, again, where);

  const { outcome, steps } = await watched(fleet, { ...options, run, target: memorySession(fleet) });
  if (prepared.ends !== null) assert.deepEqual([outcome, steps], ['unchanged', []], where);
  if (prepared.ends === null) assert.ok(isGreen(await restore(fleet)), where);
  assertAllServe(fleet, prepared.ends ?? 'v2', where);
}

function assertConverged(fleet: MemoryFleet, { ends }: Scenario, again: Result, where: string): void {
  if (ends === null) {
    assert.ok(['rolled-back', 'failed'].includes(again.outcome), `${where}: ${again.outcome}`);
    assert.equal(live(ledgerOf(fleet))?.version, 'v2', where);
    return;
  }
  assert.ok(['deployed', 'rolled-back', 'unchanged'].includes(again.outcome), `${where}: ${again.notes.join(' ')}`);
  assert.equal(live(ledgerOf(fleet))?.version, ends, where);
  assertAllServe(fleet, ends, where);
}

function assertAllServe(fleet: MemoryFleet, version: string, where: string): void {
  for (const member of topologyOf(fleet).members) {
    assert.ok(satisfies(member, aRecord(version)) && inService(member), `${where}: ${member.name}`);
  }
}

interface Shape {
  readonly size: number;
  readonly intent: Intent;
  readonly history?: readonly string[];
  readonly broken?: boolean;
  readonly can?: Partial<Capabilities>;
  readonly batch?: RollingRequest['batch'];
  readonly minAvailable?: typeof tactics.minAvailable;
}

async function scenario(shape: Shape): Promise<Scenario> {
  const { size, intent, history = ['v1', 'v2'], broken = false, can = {}, ...how } = shape;
  const fleet = memoryFleet(size, can);
  for (const version of history) await deploy(fleet, version);
  const breaks = broken && intent.kind === 'deploy';
  if (breaks) fleet.broken.add(aRecord('v3').digest);
  const ends = breaks ? null : intent.kind === 'deploy' ? 'v3' : 'v1';
  return { fleet, intent, ends, tactics: { ...tactics, ...how } };
}

/** How many instants there are at which the run could die. */
async function countInstants({ fleet, intent, tactics: how }: Scenario): Promise<number> {
  const copy = copyOf(fleet);
  let instants = 0;
  const count: Faults = () => {
    instants += 1;
    return undefined;
  };
  await watched(copy, optionsFor(copy, intent, { target: memorySession(copy, count), tactics: how }));
  return instants;
}
