import type { Clock } from '@slipway/effects/clock';
import { humanSeconds } from '@slipway/kernel/duration';
import { messageOf, UserError } from '@slipway/kernel/errors';
import type { Log } from '@slipway/kernel/log';
import type { ReleaseRecord } from '@slipway/kernel/release';
import { describeStep } from '@slipway/strategy/describe';
import type { Step } from '@slipway/strategy/plan';
import { predict } from '@slipway/strategy/predict';
import { inService, type Topology } from '@slipway/strategy/topology';
import type { RunInfo } from './entry.ts';
import type { StepReport } from './result.ts';
import type { MemberFailure, StepContext, Target } from './target.ts';
import type { Verdict, Watch, WatchStep } from './watch.ts';

export interface StepPorts {
  readonly target: Target;
  readonly watch: Watch;
  readonly run: RunInfo;
  readonly releases: ReadonlyMap<string, ReleaseRecord>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export interface Course {
  readonly phase: StepReport['phase'];
  readonly steps: readonly Step[];
  /** What the fleet is like when the first step begins. */
  readonly topology: Topology;
  readonly minAvailable: number;
  /** Members that may fail; one more ends the course. */
  readonly budget: number;
  /** Steps that the run has done already. */
  readonly stepsBefore: number;
}

/** How far a course came, and what the fleet is taken to be like then. */
export interface Passage {
  readonly end:
    | { readonly kind: 'done' }
    | { readonly kind: 'interrupted' }
    /** `at`: the last step that may have had an effect; -1 for none. */
    | { readonly kind: 'failed'; readonly at: number; readonly why: string };
  readonly reports: readonly StepReport[];
  readonly failures: readonly MemberFailure[];
  readonly topology: Topology;
}

/**
 * Runs steps in order. A member that fails takes no part in later steps; one failure too many, or a step that would
 * leave too few members in service, ends the course. Once the signal is aborted nothing new starts.
 */
export async function runSteps(course: Course, ports: StepPorts): Promise<Passage> {
  const reports: StepReport[] = [];
  const failed = new Set<string>();
  let { topology } = course;
  const passage = (end: Passage['end']): Passage => {
    return { end, reports, failures: reports.flatMap((report) => report.failures), topology };
  };

  for (const [index, whole] of course.steps.entries()) {
    const step = { ...whole, members: whole.members.filter((id) => !failed.has(id)) };
    if (step.members.length === 0) continue;
    if (ports.signal.aborted) return passage({ kind: 'interrupted' });
    const title = describeStep(step, topology);
    if (takesTooMuch(step, topology, course.minAvailable)) {
      const why = `"${title}" would leave fewer than ${course.minAvailable} members in service.`;
      return passage({ kind: 'failed', at: index - 1, why });
    }

    const began = ports.clock.monotonic();
    const number = course.stepsBefore + reports.length + 1;
    const attempted = await attempt(step, { number, phase: course.phase }, topology, ports);
    const ms = ports.clock.monotonic() - began;
    if (attempted.kind === 'interrupted') {
      ports.log.info(`${number} ${title}: interrupted after ${humanSeconds(ms)}`);
      return passage({ kind: 'interrupted' });
    }
    if (attempted.kind === 'bad') {
      await tellBad(`${number} ${title}: ${humanSeconds(ms)}`, attempted, ports.log);
      reports.push({ number, phase: course.phase, kind: step.kind, title, ms, failures: [] });
      return passage({ kind: 'failed', at: index, why: `${title}: ${attempted.why}` });
    }
    const { failures } = attempted;
    await tell(`${number} ${title}: ${humanSeconds(ms)}`, failures, ports.log);
    reports.push({ number, phase: course.phase, kind: step.kind, title, ms, failures });
    for (const failure of failures) failed.add(failure.member);
    topology = predict(topology, step, new Set(failures.map((failure) => failure.member)));
    // No budget pays for data that the release cannot work with.
    if (failed.size > course.budget || (step.kind === 'migrate' && failures.length > 0)) {
      return passage({ kind: 'failed', at: index, why: `${title}: ${failures.map(inWords).join('; ')}` });
    }
  }
  return passage({ kind: 'done' });
}

/**
 * When nothing can be said of any member, all of them count as failed. Bytes that cannot be had are nobody's failure
 * while nothing is touched yet.
 */
async function attempt(
  step: Step,
  { number, phase }: Pick<StepContext, 'number' | 'phase'>,
  topology: Topology,
  ports: StepPorts,
): Promise<Attempted> {
  const { signal } = ports;
  try {
    if (isWatched(step)) {
      const verdict = await ports.watch.look(step, topology, signal);
      return verdict.kind === 'good' ? { kind: 'done', failures: [] } : verdict;
    }
    const { target, run, releases } = ports;
    const failures = await target.perform(step, { run, number, phase, releases, signal });
    return signal.aborted && failures.length > 0 ? { kind: 'interrupted' } : { kind: 'done', failures };
  } catch (thrown) {
    if (signal.aborted) return { kind: 'interrupted' };
    if (number === 1 && step.kind === 'stage' && thrown instanceof UserError) throw thrown;
    const names = new Map(topology.members.map((member) => [member.id, member.name]));
    const failed = (member: string): MemberFailure => {
      return { member, name: names.get(member) ?? member, what: messageOf(thrown), lastLines: [] };
    };
    return { kind: 'done', failures: step.members.map(failed) };
  }
}

type Attempted =
  | { readonly kind: 'done'; readonly failures: readonly MemberFailure[] }
  | { readonly kind: 'interrupted' }
  | Extract<Verdict, { kind: 'bad' }>;

function isWatched(step: Step): step is WatchStep {
  return step.kind === 'check' || step.kind === 'soak';
}

async function tellBad(line: string, { why, lastLines }: Extract<Verdict, { kind: 'bad' }>, log: Log): Promise<void> {
  await log.group(line, async () => {
    log.info(why);
    if (lastLines.length > 0) log.foreign(lastLines.join('\n'));
  });
}

/** One line, with the failures below it; a foldable part only where a member's own words would bury the rest. */
async function tell(line: string, failures: readonly MemberFailure[], log: Log): Promise<void> {
  const explain = async (): Promise<void> => {
    for (const failure of failures) {
      log.info(inWords(failure));
      if (failure.lastLines.length > 0) log.foreign(failure.lastLines.join('\n'));
    }
  };
  if (failures.some(({ lastLines }) => lastLines.length > 0)) return await log.group(line, explain);
  log.info(line);
  await explain();
}

function takesTooMuch(step: Step, topology: Topology, minAvailable: number): boolean {
  const now = topology.members.filter(inService).length;
  const then = predict(topology, step).members.filter(inService).length;
  return then < now && then < minAvailable;
}

function inWords(failure: MemberFailure): string {
  return `${failure.name}: ${failure.what}`;
}
