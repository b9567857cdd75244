import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from '../lab/k8s/cluster.ts';
import { deployment, type Manifest } from '../lab/k8s/manifests.ts';
import { startCluster } from '../lab/k8s/with-cluster.ts';
import { k8sDeployments } from '../support/k8s-deployments.ts';
import { components } from './components.ts';
import { type Bench, type Figure, loadAverage, median } from './figure.ts';

const PAIRS = 12;
const REPLICAS = 2;
const LIMIT_MS = 500;

/** Brings the change of that number to the Deployment of that name; the time until it says that it is done, in ms. */
type Way = (change: number) => Promise<{ readonly ms: number; readonly parts: string }>;

/** The same change of two Deployments that are alike, in turns: by deploy-k8s, and by kubectl apply and rollout status. */
export const k8sOverhead: Bench = {
  name: 'k8s-overhead',
  measure: async (say) => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
    const cluster = await startCluster({ folder: join(folder, 'cluster'), say });
    const namespace = `bench-${process.pid}`;
    try {
      await cluster.run(['create', 'namespace', namespace]);
      return await measureIn(cluster, namespace, folder, say);
    } finally {
      await cluster.run(['delete', 'namespace', namespace, '--wait=false']);
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function measureIn(
  cluster: Cluster,
  namespace: string,
  folder: string,
  say: (line: string) => void,
): Promise<readonly Figure[]> {
  const ours = byAction(cluster, namespace);
  const theirs = byKubectl(cluster, namespace, folder);
  // the first release is another case: there is nothing yet
  for (const way of [ours, theirs]) await way(0);

  const pairs: { readonly ours: number; readonly theirs: number }[] = [];
  let last = '';
  for (let change = 1; change <= PAIRS; change += 1) {
    await calm(cluster, namespace);
    const own = await ours(change);
    await calm(cluster, namespace);
    const other = await theirs(change);
    pairs.push({ ours: own.ms, theirs: other.ms });
    last = own.parts;
    say(`  pair ${change}: deploy-k8s ${seconds(own.ms)}, kubectl ${seconds(other.ms)} (load ${loadAverage()})`);
  }
  say(`${last}\n  deploy-k8s: ${spread(pairs.map((pair) => pair.ours))}`);
  say(`  kubectl:    ${spread(pairs.map((pair) => pair.theirs))}`);
  const [own, other] = [median(pairs.map((pair) => pair.ours)), median(pairs.map((pair) => pair.theirs))];
  return [
    {
      what: `deploy-k8s over kubectl apply + rollout status, ${PAIRS} pairs in turns, difference of the medians`,
      target: `<= ${seconds(LIMIT_MS)}`,
      measured: `${seconds(own - other)} (${seconds(own)} and ${seconds(other)}, ${(own / other).toFixed(2)} x)`,
      met: own - other <= LIMIT_MS,
    },
  ];
}

function byAction(cluster: Cluster, namespace: string): Way {
  const runs = k8sDeployments(cluster, { app: 'ours', namespace });
  return async (change) => {
    const step = await runs.deploy([changed('ours', change, cluster, namespace)], { version: `v${change}` });
    if (step.outputs.outcome !== 'deployed') throw new Error(`deploy-k8s ended ${step.outputs.outcome}:\n${step.log}`);
    return { ms: step.ms, parts: components(step) };
  };
}

function byKubectl(cluster: Cluster, namespace: string, folder: string): Way {
  return async (change) => {
    const file = join(folder, `change-${change}.json`);
    writeFileSync(file, JSON.stringify(changed('theirs', change, cluster, namespace)));
    const began = performance.now();
    await cluster.run(['apply', '-f', file]);
    await cluster.run(['rollout', 'status', 'deployment/theirs', '-n', namespace]);
    return { ms: performance.now() - began, parts: '' };
  };
}

function changed(name: string, change: number, cluster: Cluster, namespace: string): Manifest {
  const image = `${cluster.registry.push}/app:v${1 + (change % 2)}`;
  // without a probe, whose first try meets an app that listens already, or waits a second more
  const common = { preStop: 0, readiness: false, env: { CHANGE: String(change), GRACEFUL: '0' } };
  return deployment({ name, namespace, image, replicas: REPLICAS, ...common });
}

/** Until the pods of the change before are gone. */
async function calm(cluster: Cluster, namespace: string): Promise<void> {
  const ending = 'jsonpath={range .items[?(@.metadata.deletionTimestamp)]}pod/{.metadata.name} {end}';
  const pods = (await cluster.run(['get', 'pods', '-n', namespace, '-o', ending])).split(' ').filter(Boolean);
  if (pods.length > 0) await cluster.run(['wait', '--for=delete', ...pods, '-n', namespace, '--timeout=60s']);
}

function spread(times: readonly number[]): string {
  return `median ${seconds(median(times))}, ${seconds(Math.min(...times))} to ${seconds(Math.max(...times))}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
