import assert from 'node:assert/strict';
import { isProblems } from '@slipway/kernel/errors';
import { releaseId } from '@slipway/kernel/release';
import type { Intent } from '@slipway/rollout/decide';
import type { LedgerEntry } from '@slipway/rollout/entry';
import { type ExecuteOptions, execute } from '@slipway/rollout/execute';
import { parseLedger, union } from '@slipway/rollout/ledger';
import type { Result } from '@slipway/rollout/result';
import { plan } from '@slipway/strategy/planner';
import { keptLog } from './kept-log.ts';
import { type MemoryFleet, memoryFleet, topologyOf } from './memory-fleet.ts';
import { type MemorySession, memorySession } from './memory-target.ts';
import { aRecord } from './releases.ts';
import { aRequest } from './topologies.ts';

export const tactics: ExecuteOptions['tactics'] = aRequest();

let runs = 0;

/** Options of a run as deploy-vm would give them; each call is a new run. */
export function optionsFor(
  fleet: MemoryFleet,
  intent: Intent,
  overrides: Partial<ExecuteOptions> = {},
): ExecuteOptions & { readonly target: MemorySession } {
  runs += 1;
  const run = { id: String(runs), attempt: 1, number: runs, url: `https://ci.example/runs/${runs}`, actor: 'ada' };
  return {
    app: 'shop',
    environment: 'production',
    tactics,
    mode: 'apply',
    maxFailures: 0,
    keep: 5,
    lockWaitMs: 600_000,
    run,
    clock: fleet.clock,
    log: keptLog(),
    signal: new AbortController().signal,
    intent,
    ...overrides,
    target: (overrides.target as MemorySession | undefined) ?? memorySession(fleet),
  };
}

export function deploymentOf(
  fleet: MemoryFleet,
  version: string,
  overrides: Partial<ExecuteOptions> = {},
): ReturnType<typeof optionsFor> {
  return optionsFor(fleet, { kind: 'deploy', release: aRecord(version), allowOlder: false }, overrides);
}

/** A fleet of four that went through these versions. */
export async function runningFleet(...versions: readonly string[]): Promise<MemoryFleet> {
  const fleet = memoryFleet(4);
  for (const version of versions) assert.equal((await deploy(fleet, version)).outcome, 'deployed');
  return fleet;
}

/** Brings a version to the fleet, and makes sure that the promise was kept at every instant. */
export function deploy(fleet: MemoryFleet, version: string, overrides: Partial<ExecuteOptions> = {}): Promise<Result> {
  return watched(fleet, deploymentOf(fleet, version, overrides));
}

export function rollBack(fleet: MemoryFleet, to = '', overrides: Partial<ExecuteOptions> = {}): Promise<Result> {
  return watched(fleet, optionsFor(fleet, { kind: 'rollback', to }, overrides));
}

/** After a run that was cut off: back to what the ledger calls live. */
export function restore(fleet: MemoryFleet, overrides: Partial<ExecuteOptions> = {}): Promise<Result> {
  return watched(fleet, optionsFor(fleet, { kind: 'restore' }, overrides));
}

export async function watched(fleet: MemoryFleet, options: ExecuteOptions): Promise<Result> {
  fleet.floor = promisedFor(fleet, options);
  const result = await execute(options);
  assert.deepEqual(fleet.violations, []);
  assert.equal(fleet.owner, null, 'the lease is given back');
  return result;
}

export function ledgerOf(fleet: MemoryFleet): readonly LedgerEntry[] {
  return union(fleet.hosts.map((host) => parseLedger(host.ledger).entries));
}

/** What a user may count on during the run, whatever release it turns out to be about. */
export function promisedFor(fleet: MemoryFleet, { intent, tactics: asked }: ExecuteOptions): number {
  const release = intent.kind === 'deploy' ? intent.release : aRecord('v0');
  const planned = plan({ ...asked, release: releaseId(release) }, topologyOf(fleet));
  return isProblems(planned) ? 0 : planned.minAvailable;
}
