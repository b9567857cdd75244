import type { K8sTask } from '../support/k8s-deployments.ts';
import type { StepResult } from '../support/runner/job.ts';
import { whyNotLive } from './facts.ts';
import { INPUTS, type Place, releaseOf } from './place.ts';

export type KillKind = 'deploy' | 'bad deploy' | 'rollback';

/** What is run, and the version that serves when it is done. */
export interface Aim {
  readonly kind: KillKind;
  readonly task: K8sTask;
  readonly goal: string;
}

/** A run that follows one which had said its last word finds nothing to do. */
const OUTCOMES: Readonly<Record<KillKind, readonly string[]>> = {
  deploy: ['deployed', 'unchanged'],
  'bad deploy': ['rolled-back'],
  rollback: ['rolled-back', 'unchanged'],
};

/** Why a run did not come to the end of its kind; empty = it did. */
export function whyNotEnded(kind: KillKind, { outputs, log, summary = '' }: StepResult): readonly string[] {
  return OUTCOMES[kind].includes(outputs.outcome ?? '') ? [] : [`it ended ${outputs.outcome}:\n${log}\n${summary}`];
}

/** One plain run, after which all is as it was meant; another one finds nothing to do. */
export async function converge(place: Place, aim: Aim): Promise<readonly string[]> {
  const { kind, task, goal } = aim;
  const first = await runPlain(place, task);
  const found = await whyNotLive(place, goal, kind === 'bad deploy' ? undefined : kind);
  const lasting =
    kind === 'bad deploy' ? { objects: releaseOf(place, goal), inputs: { ...INPUTS, version: goal } } : task;
  const { outputs, log } = await runPlain(place, lasting);
  const again = outputs.outcome === 'unchanged' ? [] : [`once more it ended ${outputs.outcome}:\n${log}`];
  return [...whyNotEnded(kind, first), ...found, ...again];
}

function runPlain({ runs }: Place, { objects, inputs }: K8sTask): Promise<StepResult> {
  return objects === undefined ? runs.rollBack(inputs) : runs.deploy(objects, inputs);
}
