import type { Clock } from '@slipway/effects/clock';
import { UserError } from '@slipway/kernel/errors';
import type { Log } from '@slipway/kernel/log';
import type { KubeApi } from './api.ts';
import { applyAll } from './apply/apply-all.ts';
import { runJob } from './apply/run-jobs.ts';
import { describeRef, type KubeObject, refOf } from './object.ts';
import { compareAll, type ObjectChange } from './plan/compare.ts';
import { awaitRollout } from './rollout/await-rollout.ts';
import { RolloutFailure } from './rollout/failure.ts';
import { whatIsNotReady } from './rollout/look.ts';
import { type Awaited, awaitedOf } from './rollout/scene.ts';
import type { Trouble, Works } from './works.ts';

export interface WorksPorts {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly log: Log;
  readonly force: boolean;
  /** For all workloads together, and for each Job. */
  readonly timeoutMs: number;
}

/** The work on a cluster: objects are applied server-side, and watched to a truthful end. */
export function createWorks(ports: WorksPorts): Works {
  const { api, force } = ports;
  return {
    async apply(objects, signal) {
      const applied = await applyAll(objects, { force }, { ...ports, signal });
      return applied.map(({ answer }) => answer);
    },
    async runJobs(jobs, signal) {
      for (const job of jobs) {
        const trouble = await runToEnd(job, ports, signal);
        if (trouble.length > 0) return trouble;
      }
      return [];
    },
    awaitRollout: (workloads, signal) => troublesOf(awaitRollout(workloads.map(awaitedOf), api, { ...ports, signal })),
    judge: (workloads) => whatIsNotReady(workloads.map(awaitedNow), api),
    drifted: (objects) => drifted(objects, force, api),
  };
}

/** What keeps its pods from running is told at once, not when the Job gives up by itself. */
async function runToEnd(job: KubeObject, ports: WorksPorts, signal: AbortSignal): Promise<readonly Trouble[]> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const doomed = Promise.withResolvers<readonly Trouble[]>();
  const started = (running: KubeObject): void => {
    const rollout = awaitRollout([awaitedOf(running)], ports.api, { ...ports, signal: until });
    troublesOf(rollout).then((trouble) => trouble.length > 0 && doomed.resolve(trouble), doomed.reject);
  };
  try {
    const ended = runJob(job, { ...ports, signal: until, started }).then((end): Promise<readonly Trouble[]> => {
      // The watch that explains failures sees this one too.
      return end.kind === 'complete' ? Promise.resolve([]) : doomed.promise;
    });
    return await Promise.race([ended, doomed.promise]);
  } finally {
    over.abort(new Error('nobody waits for the Job any longer'));
  }
}

async function troublesOf(rollout: Promise<void>): Promise<readonly Trouble[]> {
  try {
    await rollout;
    return [];
  } catch (thrown) {
    if (thrown instanceof RolloutFailure) return thrown.troubles;
    throw thrown;
  }
}

/** As it is, whoever wrote it last. */
function awaitedNow(object: KubeObject): Awaited {
  return { ref: refOf(object), generation: 0 };
}

async function drifted(objects: readonly KubeObject[], force: boolean, api: KubeApi): Promise<readonly string[]> {
  try {
    const changes = await compareAll(objects, { force }, api);
    return changes.filter(({ kind }) => kind !== 'same').map(describeChange);
  } catch (thrown) {
    // What would be refused now is not as it was applied either.
    if (thrown instanceof UserError) return [thrown.message];
    throw thrown;
  }
}

function describeChange({ kind, ref }: ObjectChange): string {
  return `${describeRef(ref)} ${kind === 'changed' ? 'is not as it was applied' : 'is not there'}.`;
}
