import { type Problem, UserError } from '@slipway/kernel/errors';
import { isObject } from '@slipway/kernel/json';
import { describeRef, groupOf, type KubeObject, refOf } from '../object.ts';

/** Refuses, before anything is written, workloads whose rollout would never come to an end. */
export function refuseEndless(objects: readonly KubeObject[]): void {
  const problems = objects.flatMap(endless);
  if (problems.length > 0) throw new UserError(problems);
}

function endless(object: KubeObject): readonly Problem[] {
  const { kind, spec = {} } = object;
  const group = groupOf(object);
  const who = describeRef(refOf(object));
  const strategy = isObject(spec.updateStrategy) ? spec.updateStrategy.type : undefined;
  if (group === 'apps' && strategy === 'OnDelete') {
    return [
      {
        what: `${who} is updated only where somebody deletes its pods, so a rollout of it never ends.`,
        got: 'updateStrategy: { type: OnDelete }',
        allowed: 'RollingUpdate',
        fix: 'updateStrategy: { type: RollingUpdate }',
      },
    ];
  }
  if (group === 'apps' && kind === 'Deployment' && spec.paused === true) {
    return [{ what: `${who} is paused, so a rollout of it never ends.`, got: 'paused: true', fix: 'paused: false' }];
  }
  if (group === 'batch' && kind === 'Job' && spec.suspend === true) {
    return [{ what: `${who} is suspended, so it never ends.`, got: 'suspend: true', fix: 'suspend: false' }];
  }
  return [];
}
