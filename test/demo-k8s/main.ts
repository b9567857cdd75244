import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { humanSeconds } from '@slipway/kernel/duration';
import { messageOf } from '@slipway/kernel/errors';
import { count, renderResult } from '../demo/table.ts';
import type { Cluster } from '../lab/k8s/cluster.ts';
import { startCluster } from '../lab/k8s/with-cluster.ts';
import { k8sDeployments } from '../support/k8s-deployments.ts';
import { type Played, play } from './play.ts';
import { RELEASES } from './scenario.ts';

const USAGE = `npm run demo:k8s -- [options]
  --json   print the result as one JSON object in the last line
  --help   this text
The cluster of "npm run lab:k8s -- up" is used when it is up, else one is started and ended.`;

try {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, help: { type: 'boolean' } } });
  if (values.help === true) print(USAGE);
  else process.exitCode = await demo(values.json);
} catch (thrown) {
  process.stderr.write(`${messageOf(thrown)}\n`);
  process.exitCode = 1;
}

async function demo(json: boolean): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-demo-'));
  const began = performance.now();
  const cluster = await startCluster({ folder: join(folder, 'cluster'), say: print });
  const namespace = `demo-${process.pid}`;
  try {
    await cluster.run(['create', 'namespace', namespace]);
    const images = await pushAll(cluster);
    print('\nDeploy, by deploy-k8s and rollback, under load through ClusterIP and Ingress that never stops:');
    const runs = k8sDeployments(cluster, { app: 'shop', namespace });
    const played = await play({ cluster, namespace, runs, images, say: print });
    print(`\n${renderResult(played.result, played.control)}\n\n${verdict(played, performance.now() - began)}`);
    if (json) print(JSON.stringify(played.result));
    return played.problems.length === 0 ? 0 : 1;
  } finally {
    await cluster.run(['delete', 'namespace', namespace, '--wait=false']);
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function pushAll(cluster: Cluster): Promise<ReadonlyMap<string, string>> {
  const images = new Map<string, string>();
  for (const { version } of RELEASES) images.set(version, await cluster.pushApp({ version }));
  print(`${images.size} images in the registry ${cluster.registry.push}, pinned by digest`);
  return images;
}

function verdict({ result, control, problems }: Played, ms: number): string {
  if (problems.length > 0) return `The demo FAILED:\n${problems.join('\n\n')}`;
  return [
    `${count(result.requests)} requests, ${result.failed} failed, in ${humanSeconds(ms)}.`,
    `Without preStop and a graceful end the same load lost ${count(control.failed)} of ${count(control.requests)}: it does see lost requests.`,
  ].join('\n');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
