import { humanSeconds } from '@slipway/kernel/duration';
import type { Cluster } from '../lab/k8s/cluster.ts';
import { type K8sDeployments, k8sDeployments } from '../support/k8s-deployments.ts';
import { type ShopPlace, shopAddresses, shopRelease, shopSettled, shopUrls } from '../support/k8s-shop.ts';
import { type Load, type LoadResult, startLoad } from '../support/load.ts';
import type { StepResult } from '../support/runner/job.ts';
import { until } from '../support/until.ts';
import { judge, type Played, type TrafficResult } from './result.ts';
import { type Act, appOptions, controls, type Phase, turns } from './scenario.ts';

export interface Stage {
  readonly cluster: Cluster;
  /** How many must be sent at least while releases come and go, the controls not counted. */
  readonly requests: number;
  /** An answer that comes later than this over its own time has failed, in milliseconds. */
  readonly lateMs: number;
  readonly say: (line: string) => void;
}

interface Place extends Stage, ShopPlace {
  readonly runs: K8sDeployments;
}

/** Clients of the ClusterIP are an ocean away, so that their requests can cross with the end of a pod's connections. */
const CLUSTER_IP = { rate: 200, awayMs: 50 } as const;
const INGRESS = { rate: 100 } as const;
const RATE = CLUSTER_IP.rate + INGRESS.rate;

/** Deploys and rolls back under load that never stops, until there were enough requests; then the controls. */
export async function traffic(stage: Stage): Promise<TrafficResult> {
  const { cluster } = stage;
  const namespace = `traffic-${process.pid}`;
  const place = { ...stage, namespace, runs: k8sDeployments(cluster, { app: 'shop', namespace }) };
  await cluster.run(['create', 'namespace', namespace]);
  try {
    return await underLoad(place);
  } finally {
    await cluster.run(['delete', 'namespace', namespace, '--wait=false']);
  }
}

async function underLoad(place: Place): Promise<TrafficResult> {
  await firstRelease(place);
  const loads = await startLoads(place);
  let played: readonly Played[] = [];
  let counted: readonly LoadResult[] = [];
  try {
    played = await playAll(place, loads);
  } finally {
    // They are processes, and would hold this one.
    counted = await Promise.all(loads.map((load) => load.stop()));
  }
  return judge(played, counted, place.requests);
}

async function firstRelease(place: Place): Promise<void> {
  const { outputs, log } = await perform(place, { kind: 'deploy', version: 'v0' });
  if (outputs.outcome !== 'deployed') throw new Error(`the first release did not get up:\n${log}`);
  for (const url of await shopUrls(place)) await until(`${url} serves the first release`, () => isServed(url));
}

async function isServed(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok === true;
}

async function startLoads(place: Place): Promise<readonly Load[]> {
  const [service, ingress] = await shopUrls(place);
  const common = { lateMs: place.lateMs, phase: 'before' };
  await place.cluster.flushConnections();
  return await Promise.all([
    startLoad({ url: service, ...CLUSTER_IP, ...common }),
    startLoad({ url: ingress, ...INGRESS, ...common }),
  ]);
}

/** Up to the first phase that went otherwise than asked. */
async function playAll(place: Place, loads: readonly Load[]): Promise<readonly Played[]> {
  const began = performance.now();
  const areEnough = (): boolean => ((performance.now() - began) / 1_000) * RATE >= place.requests;
  const addresses = await shopAddresses(place);
  const played: Played[] = [];
  for (const phase of phasesUntil(areEnough)) {
    await Promise.all(loads.map((load) => load.phase(phase.name)));
    const step = await perform(place, phase.act);
    await shopSettled(place);
    const moved = (await shopAddresses(place)) === addresses ? [] : ['an address is not what it was.'];
    const done = { phase, ms: step.ms, problems: [...problemsOf(phase.act, step), ...moved] };
    played.push(done);
    place.say(`  ${phase.name.padEnd(28)}${humanSeconds(step.ms).padStart(8)}   ${phase.act.version} is live`);
    if (done.problems.length > 0) break;
  }
  return played;
}

function* phasesUntil(areEnough: () => boolean): Generator<Phase> {
  for (const turn of turns()) {
    yield* turn;
    if (areEnough()) break;
  }
  yield* controls();
}

async function perform(place: Place, act: Act): Promise<StepResult> {
  if (act.kind === 'roll back') return await place.runs.rollBack();
  const { cluster, runs } = place;
  const { version, without } = act;
  const image = await cluster.pushApp({ version });
  const options = { image: `${cluster.registry.push}/app`, ...appOptions(without) };
  const manifests = shopRelease(place, options, { greeting: `hello ${version}`, token: 'a secret' });
  return await runs.deploy(manifests, { version, images: image });
}

function problemsOf({ kind, version }: Act, { outcome, outputs, log }: StepResult): readonly string[] {
  const expected = kind === 'deploy' ? 'deployed' : 'rolled-back';
  if (outcome === 'success' && outputs.outcome === expected && outputs.version === version) return [];
  const got = `${outputs.outcome ?? 'no outcome'}, ${outputs.version ?? 'no version'}, the step ${outcome}`;
  return [`expected ${expected}, ${version}; got ${got}. The step's log:\n${log}`];
}
