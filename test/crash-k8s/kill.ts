import type { K8sTask } from '../support/k8s-deployments.ts';
import { startKubeFront } from '../support/kube-front.ts';
import { createWriteNamer } from '../support/kube-writes.ts';
import type { StepResult } from '../support/runner/job.ts';
import type { Fate } from '../support/socket-proxy.ts';
import { until } from '../support/until.ts';
import type { Place } from './place.ts';

/** A write of a run, and whether its process dies before the server hears of it, or before it hears the answer. */
export interface Boundary {
  readonly n: number;
  readonly moment: 'before' | 'after';
}

export type Killed =
  | { readonly kind: 'killed'; readonly write: string }
  /** It has not so many writes. */
  | { readonly kind: 'lived'; readonly result: StepResult };

const NEVER: Fate = { withhold: 'request', told: () => {} };
/** For its children to be gone after it. */
const GONE_MS = 3_000;

/**
 * Runs a task until its n-th write and kills it exactly there: nothing of the run reaches the server from then on.
 * Rejects when a child of it lives on.
 */
export async function killAt(place: Place, task: K8sTask, { n, moment }: Boundary): Promise<Killed> {
  const reached = Promise.withResolvers<string>();
  const nameOf = createWriteNamer();
  let writes = 0;
  await using front = await startKubeFront(place.socketPath, (request, body) => {
    if (writes === n) return NEVER;
    const write = nameOf(request, body);
    if (write === undefined) return 'pass';
    writes += 1;
    if (writes < n) return 'pass';
    return { withhold: moment === 'before' ? 'request' : 'answer', told: () => reached.resolve(write) };
  });
  await using begun = place.runs.begin({ ...task, inputs: { ...task.inputs, kubeconfig: front.kubeconfig } });
  const { running } = begun;
  const end = await Promise.race([reached.promise, running.step]);
  if (typeof end !== 'string') return { kind: 'lived', result: end };
  await running.kill();
  await until('the children of a killed run are gone', () => begun.orphans().length === 0, GONE_MS);
  return { kind: 'killed', write: end };
}
