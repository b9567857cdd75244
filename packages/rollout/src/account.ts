import { type ReleaseRecord, releaseId } from '@slipway/kernel/release';
import type { Plan } from '@slipway/strategy/plan';
import type { Decision, Intent, Tactics } from './decide.ts';
import { LEDGER_SCHEMA, type NewEntry, type RunInfo } from './entry.ts';
import { live, liveId, nextNumber } from './ledger.ts';
import { memberReports, type Result, successOf } from './result.ts';
import type { Observation } from './target.ts';
import type { Journey } from './travel.ts';

/** What a deployment is about, whatever becomes of it. */
export interface Deployment {
  readonly intent: Intent;
  readonly tactics: Tactics;
  readonly app: string;
  readonly environment: string;
  readonly run: RunInfo;
}

/** The account of a run that did nothing yet and knows nothing yet. */
export function opening({ intent, app, environment }: Deployment): Result {
  return {
    kind: intent.kind,
    app,
    environment,
    outcome: 'failed',
    release: intent.kind === 'deploy' ? releaseId(intent.release) : null,
    version: null,
    digest: null,
    previousVersion: null,
    plan: null,
    steps: [],
    members: [],
    failures: [],
    notes: [],
    interrupted: false,
    ms: 0,
  };
}

/** The account once the target was read and it is decided what to do, with nothing done. */
export function decided(deployment: Deployment, seen: Observation, decision: Decision): Result {
  const current = live(seen.entries);
  const plan = decision.kind === 'go' ? decision.plan : null;
  const said = decision.kind === 'go' ? [...cutOff(seen, decision), ...decision.plan.notes] : [superseded(decision)];
  return {
    ...opening(deployment),
    outcome: 'planned',
    release: releaseId(decision.release),
    version: current?.version ?? null,
    digest: current?.digest ?? null,
    previousVersion: current?.version ?? null,
    plan,
    members: memberReports(seen.topology, seen.topology, []),
    notes: [...seen.notes, ...said],
  };
}

/** The account of a journey, whatever its end. */
export function closed(account: Result, seen: Observation, { end, topology, ...journey }: Journey, ms: number): Result {
  const outcome = OUTCOMES[account.kind][end];
  const arrived = end === 'arrived' ? account.release : null;
  return {
    ...account,
    ...(arrived === null ? {} : { version: arrived.version, digest: arrived.digest }),
    ...journey,
    outcome,
    members: memberReports(seen.topology, topology, journey.failures),
    notes: [...account.notes, ...journey.notes],
    interrupted: end === 'interrupted',
    ms,
  };
}

/** A rollback is green when it went back; that it undid itself when it failed must not look like that. */
const OUTCOMES = {
  deploy: {
    arrived: successOf('deploy'),
    returned: 'rolled-back',
    stranded: 'failed',
    untouched: 'failed',
    interrupted: 'failed',
  },
  rollback: {
    arrived: successOf('rollback'),
    returned: 'failed',
    stranded: 'failed',
    untouched: 'failed',
    interrupted: 'failed',
  },
  restore: {
    arrived: successOf('restore'),
    returned: 'failed',
    stranded: 'failed',
    untouched: 'failed',
    interrupted: 'failed',
  },
} as const;

/**
 * What every copy of the ledger will say of it. `at` is the wall clock in milliseconds. To restore what is live adds
 * nothing: the copies get what they may lack.
 */
export function entryOf(
  { intent, tactics, app, environment, run }: Deployment,
  seen: Observation,
  { release, plan, bad, settings }: Extract<Decision, { kind: 'go' }>,
  { end }: Journey,
  at: number,
  ms: number,
): NewEntry | undefined {
  const { kind } = intent;
  if (kind === 'restore') return seen.entries.at(-1);
  const outcome = OUTCOMES[kind][end];
  const left = outcome === successOf(kind) ? bad : null;
  return {
    schema: LEDGER_SCHEMA,
    number: nextNumber(seen.entries),
    kind,
    outcome,
    app,
    environment,
    strategy: tactics.strategy,
    release,
    ...(plan.release.config === undefined ? {} : { config: plan.release.config }),
    ...(settings === undefined ? {} : { settings }),
    previous: liveId(seen.entries),
    bad: left?.digest ?? null,
    ...(left?.config === undefined ? {} : { badConfig: left.config }),
    run,
    hosts: seen.topology.members.map((member) => member.id),
    balancers: seen.balancers ?? [],
    at: new Date(at).toISOString(),
    ms,
  };
}

function cutOff({ unfinished, topology }: Observation, { settled }: { readonly settled: boolean }): readonly string[] {
  const names = topology.members.filter(({ id }) => unfinished.includes(id)).map(({ name }) => name);
  if (settled || names.length === 0) return [];
  return [`A run before this one was cut off at ${names.join(', ')}: this one goes on from what it finds.`];
}

/** Only where something is done at all. */
export function beside(seen: Observation, { plan }: { readonly plan: Plan }): readonly string[] {
  return plan.steps.length === 0 ? [] : (seen.beside ?? []);
}

function superseded({ release, by }: { readonly release: ReleaseRecord; readonly by: ReleaseRecord }): string {
  return (
    `${release.version} of run ${release.run.number} is older than ${by.version} of run ${by.run.number}, ` +
    'which is live; `allow-older: true` deploys it all the same.'
  );
}
