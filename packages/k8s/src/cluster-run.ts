import { randomUUID } from 'node:crypto';
import type { Clock } from '@slipway/effects/clock';
import { describeProblem, UserError } from '@slipway/kernel/errors';
import type { Log } from '@slipway/kernel/log';
import type { Intent } from '@slipway/rollout/decide';
import type { RunInfo } from '@slipway/rollout/entry';
import { execute } from '@slipway/rollout/execute';
import type { Result } from '@slipway/rollout/result';
import type { KubeApi } from './api.ts';
import { planChanges } from './changes.ts';
import { createWorks } from './cluster-works.ts';
import type { ClusterInputs } from './inputs.ts';
import { createLease } from './lease.ts';
import type { KubeObject } from './object.ts';
import { type KubePlace, leaseRef } from './place.ts';
import { type Ingredients, placeIngredients, prepareRelease } from './prepare.ts';
import { createRecords, type Recorded } from './records.ts';
import type { ClusterSession } from './session.ts';
import { readKey } from './set-key.ts';
import { type Brought, openSets } from './set-store.ts';
import { createTarget } from './target.ts';

/** What shall be. */
export type ClusterTask =
  | {
      readonly kind: 'deploy';
      readonly mode: 'apply' | 'plan';
      readonly allowOlder: boolean;
      readonly ingredients: Ingredients;
    }
  | { readonly kind: 'rollback'; readonly mode: 'apply' | 'plan'; readonly to: string }
  | { readonly kind: 'restore'; readonly mode: 'apply' };

export interface RunPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly run: RunInfo;
  /** Remembers, past our own end, who holds the lease of an app that may be half way; `''` = nothing is half way. */
  readonly remember: (holder: string) => void;
  /** What was remembered by a process of ours that is known to be dead. */
  readonly formerHolder?: string | undefined;
}

export interface ApiPorts extends RunPorts {
  readonly api: KubeApi;
  /** Aborted when nothing more can be said to the cluster. */
  readonly lost: AbortSignal;
}

export interface ClusterResult {
  readonly result: Result;
  /** Of `mode: plan`: what applying it would change, line by line. */
  readonly changes: readonly string[];
}

export type ClusterSettings = Pick<
  ClusterInputs,
  'app' | 'environment' | 'namespace' | 'rolloutTimeout' | 'forceConflicts' | 'lockWait' | 'lease' | 'keep'
>;

const NOTHING_RECORDED: Recorded = {
  entries: [],
  journal: '',
  problems: [],
  installed: null,
  cutOff: null,
  found: {},
};

/** Kubernetes replaces pods by the rules in the manifests; there is one member, and it is never taken out. */
const TACTICS = {
  strategy: 'rolling',
  batch: [{ kind: 'percent', percent: 100 }],
  minAvailable: { kind: 'percent', percent: 100 },
  allowDowntime: false,
  pauseMs: 0,
  mixedVersions: 'allowed',
} as const;

/** One deployment or rollback by an API: everything that can be refused is refused before the first write. */
export async function runByApi(settings: ClusterSettings, task: ClusterTask, ports: ApiPorts): Promise<ClusterResult> {
  const { app, environment, namespace } = settings;
  const place = { app, environment, namespace };
  const { api, clock, log, run, signal, lost } = ports;
  const records = createRecords(api, place, settings.keep);
  // Not yet the truth, since nobody holds the lease; but mostly it will be, and then some answers are there already.
  const hint = records.read().catch(() => NOTHING_RECORDED);
  const brought = task.kind === 'deploy' ? await bring(task, place, ports) : undefined;
  const holder = randomUUID();
  const session = openSession(settings, task, place, { records, recorded: await hint, brought }, ports);
  const { installed } = session.recorded;
  if (task.kind === 'deploy' && installed !== null) void session.sets.find(installed).catch(() => {});
  if (task.kind === 'rollback') {
    await checkPermissions(installed === null ? [] : ((await session.sets.find(installed)) ?? []), place, api);
  }
  const lease = createLease({
    ...ports,
    ref: leaseRef(place),
    token: holder,
    formerToken: ports.formerHolder,
    leaseMs: settings.lease,
  });
  try {
    if (task.mode === 'apply') ports.remember(holder);
    const result = await execute({
      intent: intentOf(task, brought),
      mode: task.mode,
      target: createTarget(session, lease, lost),
      tactics: TACTICS,
      app,
      environment,
      maxFailures: 0,
      keep: settings.keep,
      lockWaitMs: settings.lockWait,
      run,
      clock,
      log,
      signal,
    });
    if (task.mode === 'apply' && !result.interrupted) ports.remember('');
    return { result, changes: task.mode === 'plan' ? await planChanges(session, result, settings.forceConflicts) : [] };
  } catch (thrown) {
    // What the user can mend is said before anything is touched.
    if (thrown instanceof UserError) ports.remember('');
    throw thrown;
  }
}

/** The release, once nothing speaks against it; what does not is only warned about. */
async function bring(
  { ingredients, mode }: Extract<ClusterTask, { kind: 'deploy' }>,
  place: KubePlace,
  { api, log }: ApiPorts,
): Promise<Brought> {
  const objects = await placeIngredients(ingredients, place.namespace, api);
  const [{ refuseEndless }, { findWarnings }] = await Promise.all([
    import('./checks/refuse.ts'),
    import('./checks/warnings.ts'),
  ]);
  refuseEndless(objects);
  // A key that cannot be read is told with all else that is missing, or when it is read again.
  const key = readKey(api, place).catch(() => undefined);
  await checkPermissions(objects, place, api);
  for (const warning of findWarnings(objects)) log.warning(describeProblem(warning));
  return await prepareRelease(objects, ingredients, api, place, { mode, log, knownKey: await key });
}

/** Before the first write; what a rollback touches is as good as what is there. */
async function checkPermissions(objects: readonly KubeObject[], place: KubePlace, api: KubeApi): Promise<void> {
  const [{ findMissingPermissions }, { needsOf }] = await Promise.all([
    import('./checks/permissions.ts'),
    import('./checks/needs.ts'),
  ]);
  const missing = await findMissingPermissions(needsOf(objects, place.namespace), api);
  if (missing.length > 0) throw new UserError(missing);
}

function openSession(
  settings: ClusterSettings,
  { kind }: ClusterTask,
  place: KubePlace,
  { brought, ...known }: Pick<ClusterSession, 'records' | 'recorded'> & { readonly brought: Brought | undefined },
  ports: ApiPorts,
): ClusterSession {
  const { api, log } = ports;
  return {
    api,
    place,
    log,
    sets: openSets(api, place, brought),
    ...known,
    works: createWorks({ ...ports, force: settings.forceConflicts, timeoutMs: settings.rolloutTimeout }),
    returning: kind !== 'deploy',
    applied: new Map(),
  };
}

function intentOf(task: ClusterTask, brought: Brought | undefined): Intent {
  if (task.kind === 'deploy' && brought !== undefined) {
    return { kind: 'deploy', release: brought.release, allowOlder: task.allowOlder };
  }
  return task.kind === 'rollback' ? { kind: 'rollback', to: task.to } : { kind: 'restore' };
}
