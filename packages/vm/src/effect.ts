import { settleAll } from '@slipway/kernel/parallel';
import type { MemberFailure, StepContext } from '@slipway/rollout/target';
import type { SlotName } from '@slipway/strategy/topology';
import type { HostView } from './host-view.ts';
import { journalVars, type OpenLine } from './journal.ts';
import { runStep, type Said, type StepCall } from './remote.ts';
import { failure, memberSite, type VmRun } from './vm-run.ts';

/** Does it on all these members at once. */
export async function onEach(
  run: VmRun,
  members: readonly string[],
  work: (member: string) => Promise<void>,
): Promise<readonly MemberFailure[]> {
  const results = await settleAll(members, run.options.limits.atOnce, work);
  return results.flatMap((result, index) =>
    result.status === 'rejected' ? [failure(members[index] ?? '', result.reason)] : [],
  );
}

type Part = (members: readonly string[]) => Promise<readonly MemberFailure[]>;

/** Parts of one step, each on the members that did the ones before it. */
export async function inTurn(members: readonly string[], parts: readonly Part[]): Promise<readonly MemberFailure[]> {
  const failures: MemberFailure[] = [];
  for (const part of parts) {
    const left = members.filter((id) => !failures.some(({ member }) => member === id));
    if (left.length > 0) failures.push(...(await part(left)));
  }
  return failures;
}

export interface Effect extends Pick<StepCall, 'vars' | 'input' | 'timeoutMs' | 'signal'> {
  readonly journal: Pick<OpenLine, 'before' | 'after' | 'digest'>;
  /** What the script calls besides the functions of the service. */
  readonly functions?: string;
}

const KIND_OF = {
  stage: 'stage',
  'stage-image': 'stage',
  configure: 'stage',
  start: 'start',
  settle: 'probe',
  stop: 'retire',
} as const;

/**
 * One fenced exec that writes its intent, has its effect, and writes its end. Starts and stops are not cut short by a
 * cancelled run: they end soon by themselves, and a process is better running than neither here nor there.
 */
export async function effect(
  run: VmRun,
  member: string,
  slot: SlotName | null,
  context: StepContext,
  script: keyof typeof KIND_OF,
  { journal, vars, functions = '', ...call }: Effect,
): Promise<Said> {
  const site = memberSite(run, member);
  const { id, attempt } = context.run;
  const head = { run: id, attempt, step: context.number, kind: KIND_OF[script], member, slot };
  return await runStep(site, script, {
    ...call,
    functions: `${run.options.service.functions}\n${functions}`,
    vars: {
      ...vars,
      ...(slot === null ? {} : { slot }),
      ...journalVars(run.owed.take(site), { ...head, ...journal }),
    },
    fence: 'fenced',
  });
}

export function viewOf(run: VmRun, member: string): HostView {
  const view = run.seen().views.get(memberSite(run, member));
  if (view === undefined) throw new Error(`the member "${member}" was never looked at`);
  return view;
}
