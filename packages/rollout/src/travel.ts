import { messageOf } from '@slipway/kernel/errors';
import { type ReleaseId, sameRelease } from '@slipway/kernel/release';
import type { Plan } from '@slipway/strategy/plan';
import { sharesFor } from '@slipway/strategy/steps';
import { type Member, notSatisfied, servedRelease, type Topology } from '@slipway/strategy/topology';
import { unwind } from '@slipway/strategy/unwind';
import type { StepReport } from './result.ts';
import { type Passage, runSteps, type StepPorts } from './run-steps.ts';
import type { MemberFailure } from './target.ts';

/** How a plan ended on the fleet, and what the fleet was seen to be like then. */
export interface Journey {
  /**
   * `returned`: users get what they got before; `stranded`: neither that nor what was asked for; `untouched`: it ended
   * before anything that runs was changed.
   */
  readonly end: 'arrived' | 'returned' | 'stranded' | 'untouched' | 'interrupted';
  readonly steps: readonly StepReport[];
  readonly failures: readonly MemberFailure[];
  readonly notes: readonly string[];
  readonly topology: Topology;
}

/** Runs the plan and reads the fleet again; when too much failed, goes back and reads again. */
export async function travel(plan: Plan, before: Topology, maxFailures: number, ports: StepPorts): Promise<Journey> {
  const concerned = new Set(plan.steps.flatMap((step) => step.members));
  // When every member fails, no budget makes that a success; and a side that comes up as a whole has to be whole.
  const budget = plan.incoming === undefined ? Math.min(maxFailures, Math.max(0, concerned.size - 1)) : 0;
  const { minAvailable, steps } = plan;
  const course = { phase: 'forward', topology: before, minAvailable, stepsBefore: 0 } as const;
  const way = await runSteps({ ...course, steps, budget }, ports);
  if (way.end.kind === 'interrupted') return journey('interrupted', [way], way.topology);
  if (way.end.kind === 'failed') return goBack(plan, before, way, way.end, ports);
  if (steps.length === 0) return journey('arrived', [way], before);

  const seen = await look(ports);
  if (seen.kind === 'interrupted') return journey('interrupted', [way], way.topology);
  if (seen.kind === 'blind') return journey('stranded', [way], way.topology, [`${seen.why} Run this again.`]);
  const failures = [...way.failures, ...notAsAsked(seen.topology, plan.release, way.failures)];
  const arrived = { ...way, failures, topology: seen.topology };
  if (failures.length > budget) {
    const why = failures.map(({ name, what }) => `${name}: ${what}`).join('; ');
    return goBack(plan, before, arrived, { at: steps.length - 1, why }, ports);
  }
  return setAside(arrived, minAvailable, ports);
}

async function goBack(
  plan: Plan,
  before: Topology,
  way: Passage,
  { at, why }: { readonly at: number; readonly why: string },
  ports: StepPorts,
): Promise<Journey> {
  ports.log.info(`Going back: ${why}`);
  const back = await runSteps(
    {
      phase: 'back',
      steps: unwind(plan, before, at, new Set(way.failures.map((failure) => failure.member))),
      topology: way.topology,
      minAvailable: plan.minAvailable,
      budget: Number.POSITIVE_INFINITY,
      stepsBefore: way.reports.length,
    },
    ports,
  );
  const parts = [way, back];
  if (back.end.kind === 'interrupted') return journey('interrupted', parts, back.topology, [why]);
  const halted = back.end.kind === 'failed' ? [`The way back ended early: ${back.end.why}`] : [];
  const seen = await look(ports);
  if (seen.kind === 'interrupted') return journey('interrupted', parts, back.topology, [why]);
  if (seen.kind === 'blind') return journey('stranded', parts, back.topology, [why, ...halted, seen.why]);
  const changed = differences(before, seen.topology, plan.release);
  for (const note of [...halted, ...changed]) ports.log.info(note);
  const isBack = changed.length === 0 && back.failures.length === 0 && halted.length === 0;
  const returned = plan.steps[at]?.kind === 'migrate' ? 'untouched' : 'returned';
  return journey(isBack ? returned : 'stranded', parts, seen.topology, [why, ...halted, ...changed]);
}

/** Members that failed within the budget end without traffic, as far as the others can spare them. */
async function setAside(way: Passage, minAvailable: number, ports: StepPorts): Promise<Journey> {
  const { capabilities, members } = way.topology;
  const failed = members.filter((m) => !m.drainedByOperator && way.failures.some(({ member }) => member === m.id));
  if (failed.length === 0 || capabilities.weights === 'none') return journey('arrived', [way], way.topology);
  const course = {
    phase: 'forward',
    steps: [{ kind: 'shift', members: failed.map(({ id }) => id), shares: sharesFor(null, capabilities) }],
    topology: way.topology,
    minAvailable,
    budget: Number.POSITIVE_INFINITY,
    stepsBefore: way.reports.length,
  } as const;
  const aside = await runSteps(course, ports);
  const notes = aside.end.kind === 'failed' ? [`What failed keeps the traffic that it had: ${aside.end.why}`] : [];
  const end = aside.end.kind === 'interrupted' ? 'interrupted' : 'arrived';
  // These members count as failed already.
  return journey(end, [way, { ...aside, failures: [] }], aside.topology, notes);
}

type Look =
  | { readonly kind: 'seen'; readonly topology: Topology }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'blind'; readonly why: string };

async function look({ target, signal, log }: StepPorts): Promise<Look> {
  try {
    return { kind: 'seen', topology: (await target.observe(signal)).topology };
  } catch (thrown) {
    if (signal.aborted) return { kind: 'interrupted' };
    const why = `The members could not be read again: ${messageOf(thrown)}`;
    log.info(why);
    return { kind: 'blind', why };
  }
}

function notAsAsked(seen: Topology, release: ReleaseId, known: readonly MemberFailure[]): readonly MemberFailure[] {
  return notSatisfied(seen, release)
    .filter((member) => !known.some((failure) => failure.member === member.id))
    .map((member) => ({
      member: member.id,
      name: member.name,
      what: `${release.version} was brought up, and yet the member ${serves(member)} at the end`,
      lastLines: [],
    }));
}

/** Where users do not get what they got before; what came up by itself meanwhile is no harm. */
function differences(before: Topology, now: Topology, left: ReleaseId): readonly string[] {
  return before.members.flatMap((member) => {
    const found = now.members.find(({ id }) => id === member.id);
    if (found === undefined) return [`${member.name} is gone.`];
    const was = servedRelease(member);
    const is = servedRelease(found);
    if (sameRelease(is, was) || (was === null && !sameRelease(is, left))) return [];
    return [`${member.name} ${serves(found)}, and before it ${serves(member).replace('serves', 'served')}.`];
  });
}

function serves(member: Member): string {
  return `serves ${servedRelease(member)?.version ?? 'nobody'}`;
}

function journey(
  end: Journey['end'],
  parts: readonly Passage[],
  topology: Topology,
  notes: readonly string[] = [],
): Journey {
  return {
    end,
    steps: parts.flatMap((part) => part.reports),
    failures: parts.flatMap((part) => part.failures),
    notes,
    topology,
  };
}
