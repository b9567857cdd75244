import type { Clock } from '@slipway/effects/clock';
import { UserError } from '@slipway/kernel/errors';
import { isInteger } from '@slipway/kernel/json';
import type { Log } from '@slipway/kernel/log';
import type { KubeApi } from './api.ts';
import { applyAll } from './apply/apply-all.ts';
import { runJob } from './apply/run-jobs.ts';
import { describeRef, type KubeObject, refOf } from './object.ts';
import { compareAll, type ObjectChange } from './plan/compare.ts';
import type { Trouble, Works } from './works.ts';

export interface WorksPorts {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly log: Log;
  readonly force: boolean;
  /** For all workloads together. */
  readonly timeoutMs: number;
}

const POLL_MS = 200;

/** The work on a real cluster. */
export function createWorks(ports: WorksPorts): Works {
  const { api, clock, force, timeoutMs } = ports;
  return {
    async apply(objects, signal) {
      const applied = await applyAll(objects, { force }, { ...ports, signal });
      return applied.map(({ answer }) => answer);
    },
    async runJobs(jobs, signal) {
      for (const job of jobs) {
        const end = await runJob(job, { ...ports, signal });
        if (end.kind === 'failed')
          return [{ what: `${describeRef(refOf(job))} failed: ${end.message}`, lastLines: [] }];
      }
      return [];
    },
    async awaitRollout(workloads, signal) {
      const until = clock.monotonic() + timeoutMs;
      for (;;) {
        const late = await judge(workloads);
        if (late.length === 0) return [];
        if (clock.monotonic() > until) return late.map((what): Trouble => ({ what, lastLines: [] }));
        await clock.sleep(POLL_MS, signal);
      }
    },
    judge,
    drifted,
  };

  async function judge(workloads: readonly KubeObject[]): Promise<readonly string[]> {
    const told = await Promise.all(
      workloads.map(async (workload) => {
        const live = await api.get(refOf(workload));
        return live !== undefined && isRolledOut(live) ? [] : [`${describeRef(refOf(workload))} is not rolled out`];
      }),
    );
    return told.flat();
  }

  async function drifted(objects: readonly KubeObject[]): Promise<readonly string[]> {
    try {
      const changes = await compareAll(objects, { force }, api);
      return changes.filter(({ kind }) => kind !== 'same').map(describeChange);
    } catch (thrown) {
      // What would be refused now is not as it was applied either.
      if (thrown instanceof UserError) return [thrown.message];
      throw thrown;
    }
  }
}

function describeChange({ kind, ref }: ObjectChange): string {
  return `${describeRef(ref)} ${kind === 'changed' ? 'is not as it was applied' : 'is not there'}`;
}

function isRolledOut({ kind, metadata, spec, status = {} }: KubeObject): boolean {
  if (status.observedGeneration !== metadata.generation) return false;
  if (kind === 'DaemonSet') {
    const wanted = status.desiredNumberScheduled;
    return status.updatedNumberScheduled === wanted && status.numberAvailable === wanted;
  }
  const wanted = isInteger(spec?.replicas) ? spec.replicas : 1;
  return status.updatedReplicas === wanted && status.replicas === wanted && status.readyReplicas === wanted;
}
