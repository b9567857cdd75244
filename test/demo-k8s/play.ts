import { humanSeconds } from '@slipway/kernel/duration';
import { untilServed } from '../demo/live.ts';
import { type DemoResult, type PhaseResult, totalsOf } from '../demo/table.ts';
import type { Cluster } from '../lab/k8s/cluster.ts';
import type { K8sDeployments } from '../support/k8s-deployments.ts';
import { shopSettled, shopUrls } from '../support/k8s-shop.ts';
import { type Load, type LoadResult, startLoad } from '../support/load.ts';
import type { StepResult } from '../support/runner/job.ts';
import { BEFORE_CONTROL, CONTROL, manifestsOf, PHASES, type Phase, RELEASES } from './scenario.ts';

export interface Stage {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly runs: K8sDeployments;
  /** `<registry>/app@<digest>` by version. */
  readonly images: ReadonlyMap<string, string>;
  readonly say: (line: string) => void;
}

export interface Played {
  readonly result: DemoResult;
  readonly control: PhaseResult;
  /** What went otherwise than expected, in sentences; empty = the demo holds. */
  readonly problems: readonly string[];
}

/** Requests per second through each of the two ways in. */
const RATE = 125;

interface Pod {
  readonly metadata: { readonly deletionTimestamp?: string };
  readonly spec: { readonly containers: readonly { readonly image: string }[] };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

interface Ended {
  readonly end: Omit<PhaseResult, 'requests' | 'failed'>;
  readonly problem?: string;
}

/** Plays all phases under load through the ClusterIP and the Ingress that never stops, then the control. */
export async function play(stage: Stage): Promise<Played> {
  const ended: Ended[] = [];
  let loads: readonly Load[] = [];
  let counted: readonly LoadResult[] = [];
  const all = [...PHASES, BEFORE_CONTROL, CONTROL];
  try {
    for (const phase of all) {
      await Promise.all(loads.map((load) => load.phase(phase.name)));
      const running = perform(stage, phase);
      if (loads.length === 0) loads = await loadOnceServed(stage, phase.name, running);
      const done = await running;
      await shopSettled(stage);
      ended.push(done);
      stage.say(lineFor(phase, done));
      if (done.problem !== undefined) break;
    }
  } finally {
    // They are processes, and would hold this one.
    counted = await Promise.all(loads.map((load) => load.stop()));
  }
  return judged(ended, counted);
}

async function loadOnceServed(stage: Stage, phase: string, running: Promise<Ended>): Promise<readonly Load[]> {
  const gaveUp = new AbortController();
  const stop = (): void => gaveUp.abort();
  running.then(stop, stop);
  if (!(await untilServed(stage.cluster.ingressUrl, gaveUp.signal)) && (await running).problem !== undefined) return [];
  const urls = await shopUrls(stage);
  return await Promise.all(urls.map((url) => startLoad({ url, rate: RATE, phase })));
}

async function perform(stage: Stage, phase: Phase): Promise<Ended> {
  const step = await act(stage, phase);
  const outcome = step.outputs.outcome ?? 'none';
  const version = await servedVersion(stage);
  const { expect, name } = phase;
  const isAsExpected =
    outcome === expect.outcome && version === expect.version && (step.outcome === 'success') === expect.green;
  const end = { name, seconds: step.ms / 1_000, outcome, version };
  return isAsExpected ? { end } : { end, problem: explain(phase, step, outcome, version) };
}

async function act({ cluster, namespace, runs, images }: Stage, phase: Phase): Promise<StepResult> {
  if (phase.act.kind === 'rollback') return await runs.rollBack();
  const { version } = phase.act;
  const release = RELEASES.find((each) => each.version === version);
  const image = images.get(version);
  if (release === undefined || image === undefined) throw new Error(`the demo has no release ${version}`);
  return await runs.deploy(manifestsOf(release, cluster, namespace), { version, images: image });
}

/** What the ready pods run: one version, or all of them. */
async function servedVersion({ cluster, namespace, images }: Stage): Promise<string> {
  const told = await cluster.run(['get', 'pods', '-n', namespace, '-l', 'app=shop', '-o', 'json']);
  const { items } = JSON.parse(told) as { readonly items: readonly Pod[] };
  const ready = items.filter(({ metadata, status }) => {
    const conditions = status.conditions ?? [];
    return (
      metadata.deletionTimestamp === undefined &&
      conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True')
    );
  });
  const living = new Set(ready.map(({ spec }) => spec.containers[0]?.image));
  const versions = [...images].flatMap(([version, image]) => (living.has(image) ? [version] : []));
  return versions.join(', ') || 'none';
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

function judged(ended: readonly Ended[], loads: readonly LoadResult[]): Played {
  const countOf = (name: string) => loads.flatMap(({ phases }) => phases.filter((phase) => phase.name === name));
  const resultOf = ({ end }: Ended): PhaseResult => ({
    ...end,
    seconds: Math.round(end.seconds * 100) / 100,
    requests: countOf(end.name).reduce((sum, { requests }) => sum + requests, 0),
    failed: countOf(end.name).reduce((sum, { failed }) => sum + failed, 0),
  });
  const seen = ended.map(resultOf);
  const nothing = { name: CONTROL.name, seconds: 0, requests: 0, failed: 0, outcome: 'none', version: 'none' };
  const control = seen.find(({ name }) => name === CONTROL.name) ?? nothing;
  const shown = seen.filter(({ name }) => PHASES.some((phase) => phase.name === name));
  const problems = ended.flatMap(({ problem }) => problem ?? []);
  for (const { name, failed } of shown) {
    const errors = countOf(name).map((phase) => JSON.stringify(phase.errors));
    if (failed > 0) problems.push(`${name}: ${failed} failed: ${errors.join(' ')}`);
  }
  if (problems.length === 0 && control.failed === 0) {
    problems.push('The control lost no request although nothing waited: this load proves nothing.');
  }
  return { result: totalsOf(shown), control, problems };
}
