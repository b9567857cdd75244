import { throwIfAborted } from '@slipway/effects/clock';
import { UserError } from '@slipway/kernel/errors';
import { isArrayOf, isObject, isString } from '@slipway/kernel/json';
import type { Log } from '@slipway/kernel/log';
import { ApiRefusal } from '../api.ts';
import { describeRef, type KubeObject, type ObjectRef, refOf } from '../object.ts';
import type { ApplyPorts } from './apply-all.ts';
import { explainRefusal } from './refusals.ts';

export interface JobPorts extends ApplyPorts {
  readonly log: Log;
  /** Told of the Job once it runs, as the server has it. */
  readonly started?: (job: KubeObject) => void;
}

export type JobEnd =
  /** `now`: it ran to its end in this run; else an earlier one did that. */
  | { readonly kind: 'complete'; readonly job: KubeObject; readonly now: boolean }
  /** `reason` and `message` as in its condition: `BackoffLimitExceeded`, `DeadlineExceeded`, ... */
  | { readonly kind: 'failed'; readonly job: KubeObject; readonly reason: string; readonly message: string };

/**
 * Runs a Job to its end, once: one that is complete is left alone, one that runs is waited for, and one that failed
 * before is deleted and runs again. Ends early only by the signal.
 */
export async function runJob(job: KubeObject, ports: JobPorts): Promise<JobEnd> {
  const { api, log } = ports;
  const ref = refOf(job);
  const before = endOf(await api.get(ref));
  if (before?.kind === 'complete') {
    log.info(`${describeRef(ref)} has run already.`);
    return { ...before, now: false };
  }
  if (before?.kind === 'failed') {
    log.info(`${describeRef(ref)} failed before (${before.reason}); it runs again.`);
    const { uid } = before.job.metadata;
    await api.remove(ref, { propagation: 'Background', ...(uid === undefined ? {} : { uid }) });
  }
  const running = await start(job, ports);
  ports.started?.(running);
  return await untilEnd(running, ref, ports);
}

async function start(job: KubeObject, { api }: JobPorts): Promise<KubeObject> {
  try {
    return await api.apply(job, { force: true });
  } catch (thrown) {
    if (thrown instanceof ApiRefusal) throw new UserError(explainRefusal(refOf(job), thrown));
    throw thrown;
  }
}

async function untilEnd({ metadata }: KubeObject, ref: ObjectRef, { api, signal }: JobPorts): Promise<JobEnd> {
  const over = new AbortController();
  const query = {
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    fieldSelector: `metadata.name=${ref.name}`,
    ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }),
  };
  try {
    for await (const seen of api.watch(query, AbortSignal.any([signal, over.signal]))) {
      const current = 'items' in seen ? seen.items[0] : seen.type === 'BOOKMARK' ? 'quiet' : seen.object;
      if (current === 'quiet') continue;
      const isGone = current === undefined || current.metadata.uid !== metadata.uid;
      if (isGone || ('type' in seen && seen.type === 'DELETED')) throw deleted(ref);
      const end = endOf(current);
      if (end !== undefined) return end;
    }
  } finally {
    over.abort();
  }
  throwIfAborted(signal);
  throw new Error(`the watch of ${describeRef(ref)} ended`);
}

function endOf(job: KubeObject | undefined): JobEnd | undefined {
  const conditions = job?.status?.conditions;
  if (job === undefined || !isArrayOf(conditions, isObject)) return undefined;
  const held = (type: string) => conditions.find((condition) => condition.type === type && condition.status === 'True');
  if (held('Complete') !== undefined) return { kind: 'complete', job, now: true };
  // FailureTarget comes as soon as it is decided; Failed only when the last pod is gone.
  const failed = held('Failed') ?? held('FailureTarget');
  if (failed === undefined) return undefined;
  return { kind: 'failed', job, reason: textOf(failed.reason), message: textOf(failed.message) };
}

function textOf(value: unknown): string {
  return isString(value) ? value : '';
}

function deleted(ref: ObjectRef): UserError {
  return new UserError({
    what: `${describeRef(ref)} was deleted while it ran.`,
    fix: 'look who deletes it; it runs again with the next run',
  });
}
