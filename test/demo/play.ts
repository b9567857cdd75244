import { setTimeout as sleep } from 'node:timers/promises';
import { humanSeconds } from '@slipway/kernel/duration';
import type { Fleet } from '../lab/ssh-fleet.ts';
import { type Load, startLoad } from '../support/load.ts';
import type { StepResult } from '../support/runner/step.ts';
import { liveVersion, untilServed } from './live.ts';
import type { Pipeline } from './pipeline.ts';
import { CONTROL, PHASES, type Phase } from './scenario.ts';
import { type DemoResult, type PhaseResult, totalsOf } from './table.ts';

export interface Stage {
  readonly fleet: Fleet;
  readonly pipeline: Pipeline;
  /** Release records by tag. */
  readonly releases: ReadonlyMap<string, string>;
  readonly say: (line: string) => void;
}

export interface Played {
  readonly result: DemoResult;
  readonly control: PhaseResult;
  /** What went otherwise than expected, in sentences; empty = the demo holds. */
  readonly problems: readonly string[];
}

/** Requests per second: enough to catch a gap of a few milliseconds, little enough for two cores. */
const RATE = 250;
const REQUESTS_MIN = 5_000;
/** In this time everything sent before is answered, so that the control's failures fall on nobody else. */
const SETTLE_MS = 1_000;
const UNDRAINED = { balancer: '', 'allow-downtime': 'true' } as const;
const STEADY = 'steady';

/** How a phase went, before its requests are counted. */
interface Ended {
  readonly end: Omit<PhaseResult, 'requests' | 'failed'>;
  readonly problem?: string;
}

/** Plays all phases under load that never stops, then the control. */
export async function play(stage: Stage): Promise<Played> {
  const ended: Ended[] = [];
  let load: Load | undefined;
  let began = 0;
  for (const phase of PHASES) {
    await load?.phase(phase.name);
    const running = perform(stage, phase);
    if (load === undefined) {
      load = await loadOnceServed(stage.fleet.url, phase.name, running);
      began = performance.now();
    }
    const done = await running;
    ended.push(done);
    stage.say(lineFor(phase, done));
    if (done.problem !== undefined) break;
  }
  if (load === undefined) throw new Error(`nothing was ever served at ${stage.fleet.url}\n${ended[0]?.problem ?? ''}`);
  const steadyMs = (REQUESTS_MIN / RATE) * 1_000 + 100 - (performance.now() - began);
  if (steadyMs > 0) ended.push(await steady(stage.fleet, load, steadyMs));
  await load.phase(CONTROL.name);
  await sleep(SETTLE_MS);
  const control = await perform(stage, CONTROL);
  stage.say(lineFor(CONTROL, control));
  return judged(ended, control, await load.stop());
}

async function loadOnceServed(url: string, phase: string, running: Promise<Ended>): Promise<Load | undefined> {
  const gaveUp = new AbortController();
  const stop = (): void => gaveUp.abort();
  running.then(stop, stop);
  if (!(await untilServed(url, gaveUp.signal))) return undefined;
  return await startLoad({ url, rate: RATE, phase });
}

async function perform({ fleet, pipeline, releases }: Stage, phase: Phase): Promise<Ended> {
  const { act, expect, name } = phase;
  const step =
    act.kind === 'rollback'
      ? await pipeline.rollBack()
      : await pipeline.deploy(releases.get(act.release) ?? '', act.drain ? {} : UNDRAINED);
  const version = await liveVersion(fleet);
  const outcome = step.outputs.outcome ?? 'none';
  const isAsExpected =
    outcome === expect.outcome && version === expect.version && (step.outcome === 'success') === expect.green;
  const end = { name, seconds: step.ms / 1_000, outcome, version };
  return isAsExpected ? { end } : { end, problem: explain(phase, step, outcome, version) };
}

function explain({ name, expect }: Phase, step: StepResult, outcome: string, version: string): string {
  const wanted = `${expect.outcome}, ${expect.version} live, the step ${expect.green ? 'green' : 'red'}`;
  const got = `${outcome}, ${version} live, the step ${step.outcome === 'success' ? 'green' : 'red'}`;
  return `${name}: expected ${wanted}; got ${got}. The step's log:\n${step.log}`;
}

function lineFor(phase: Phase, { end }: Ended): string {
  const took = humanSeconds(end.seconds * 1_000).padStart(7);
  return `  ${phase.name.padEnd(20)}${took}   ${end.outcome}, ${end.version} is live: ${phase.story}`;
}

async function steady(fleet: Fleet, load: Load, ms: number): Promise<Ended> {
  await load.phase(STEADY);
  await sleep(ms);
  return { end: { name: STEADY, seconds: ms / 1_000, outcome: 'served', version: await liveVersion(fleet) } };
}

function judged(ended: readonly Ended[], control: Ended, counted: Awaited<ReturnType<Load['stop']>>): Played {
  const countOf = ({ end: { name, seconds, outcome, version } }: Ended): PhaseResult => {
    const { requests = 0, failed = 0 } = counted.phases.find((phase) => phase.name === name) ?? {};
    return { name, seconds: Math.round(seconds * 100) / 100, requests, failed, outcome, version };
  };
  const result = totalsOf(ended.map(countOf));
  const seen = countOf(control);
  const problems = [...ended, control].flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
  for (const { name, failed, errors } of counted.phases) {
    if (failed > 0 && name !== CONTROL.name) problems.push(`${name}: ${failed} failed: ${JSON.stringify(errors)}`);
  }
  if (seen.failed === 0) {
    problems.push('The control lost no request although nothing was drained: this load proves nothing.');
  }
  return { result, control: seen, problems };
}
