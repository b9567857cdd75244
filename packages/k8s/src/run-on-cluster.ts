import { randomUUID } from 'node:crypto';
import type { Clock } from '@slipway/effects/clock';
import type { Exec } from '@slipway/effects/exec';
import { makePrivateFolder, removeTree } from '@slipway/effects/files';
import type { Http } from '@slipway/effects/http';
import type { Log } from '@slipway/kernel/log';
import type { Intent } from '@slipway/rollout/decide';
import type { RunInfo } from '@slipway/rollout/entry';
import { executeRemembered } from '@slipway/rollout/execute-remembered';
import type { Result } from '@slipway/rollout/result';
import type { KubeApi } from './api.ts';
import { createClient } from './client.ts';
import { createWorks } from './cluster-works.ts';
import type { ClusterInputs } from './inputs.ts';
import { createLease } from './lease.ts';
import { leaseRef } from './place.ts';
import { type Ingredients, prepareRelease } from './prepare.ts';
import { openProxy } from './proxy.ts';
import { createRecords } from './records.ts';
import { type Brought, openSets } from './set-store.ts';
import { createTarget } from './target.ts';

export interface ClusterRunPorts {
  readonly exec: Exec;
  readonly http: Http;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly run: RunInfo;
  /** Remembers, past our own end, whether the app may be half way. */
  readonly remember: (unfinished: boolean) => void;
}

export type ClusterTask =
  | {
      readonly kind: 'deploy';
      readonly mode: 'apply' | 'plan';
      readonly allowOlder: boolean;
      readonly ingredients: Ingredients;
    }
  | { readonly kind: 'rollback'; readonly mode: 'apply' | 'plan'; readonly to: string }
  | { readonly kind: 'restore'; readonly mode: 'apply' };

/** One deployment or rollback in the cluster of the inputs: connect, execute, and leave nothing behind here. */
export async function runOnCluster(inputs: ClusterInputs, task: ClusterTask, ports: ClusterRunPorts): Promise<Result> {
  const folder = await makePrivateFolder('/tmp', 'slipway-');
  try {
    const proxy = await openProxy(inputs, { ...ports, privateFolder: folder });
    try {
      const api = createClient({ ...ports, socketPath: proxy.socketPath, lost: proxy.lost });
      return await onCluster(inputs, task, { ...ports, api, lost: proxy.lost });
    } finally {
      await proxy.close();
    }
  } finally {
    await removeTree(folder);
  }
}

async function onCluster(
  inputs: ClusterInputs,
  task: ClusterTask,
  ports: ClusterRunPorts & { readonly api: KubeApi; readonly lost: AbortSignal },
): Promise<Result> {
  const { api, clock, log, run, signal, lost } = ports;
  const { app, environment, namespace } = inputs;
  const place = { app, environment, namespace };
  const brought = task.kind === 'deploy' ? await prepareRelease(task.ingredients, api, place, task.mode) : undefined;
  const lease = createLease({ api, ref: leaseRef(place), run, token: randomUUID(), leaseMs: inputs.lease, clock, log });
  const session = {
    api,
    place,
    sets: openSets(api, place, brought),
    records: createRecords(api, place),
    works: createWorks({ api, clock, log, lost, force: inputs.forceConflicts, timeoutMs: inputs.rolloutTimeout }),
    log,
    returning: task.kind !== 'deploy',
    recorded: { entries: [], journal: '', problems: [], installed: null, found: {} },
    applied: new Map(),
  };
  const options = {
    intent: intentOf(task, brought),
    mode: task.mode,
    target: createTarget(session, lease, lost),
    tactics: {
      strategy: 'rolling',
      batch: { kind: 'percent', percent: 100 },
      minAvailable: { kind: 'percent', percent: 100 },
      allowDowntime: false,
    },
    app,
    environment,
    maxFailures: 0,
    keep: inputs.keep,
    lockWaitMs: inputs.lockWait,
    run,
    clock,
    log,
    signal,
  } as const;
  return await executeRemembered(options, ports.remember);
}

function intentOf(task: ClusterTask, brought: Brought | undefined): Intent {
  if (task.kind === 'deploy' && brought !== undefined) {
    return { kind: 'deploy', release: brought.release, allowOlder: task.allowOlder };
  }
  return task.kind === 'rollback' ? { kind: 'rollback', to: task.to } : { kind: 'restore' };
}
