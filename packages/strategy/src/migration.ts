import type { Plan, Step } from './plan.ts';

/**
 * The plan with a migration of the data: once, when every member has the release and none runs it yet. A plan that
 * only brings back traffic has it too, since nobody knows whether the run before came so far; the target does.
 */
export function withMigration(plan: Plan): Plan {
  const [first] = plan.steps;
  if (first === undefined) return plan;
  const staged = plan.steps.findLastIndex(({ kind }) => kind === 'stage') + 1;
  const migrate: Step = { kind: 'migrate', members: first.members, release: plan.release };
  return { ...plan, steps: [...plan.steps.slice(0, staged), migrate, ...plan.steps.slice(staged)] };
}
