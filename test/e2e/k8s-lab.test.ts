import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeCgroups } from '../lab/k8s/cgroups.ts';
import type { Cluster } from '../lab/k8s/cluster.ts';
import { run } from '../lab/k8s/command.ts';
import { clusterLock } from '../lab/k8s/kept-lab.ts';
import { startLab } from '../lab/k8s/lab.ts';
import { locked } from '../lab/k8s/lock.ts';
import { daemonSet, deployment, job, settings, shop, statefulSet } from '../lab/k8s/manifests.ts';
import type { AppOptions } from '../lab/k8s/pod.ts';
import { requireLab } from '../lab/k8s/with-cluster.ts';
import { processesBelow } from '../lab/processes.ts';
import { type PhaseCount, startLoad } from '../support/load.ts';
import { temporaryFolder } from '../support/temp.ts';

const RATE = 150;
/** Before and after a rollout. */
const QUIET_MS = 500;

test('the cluster of the lab: up, used as by its users, gone', { timeout: 600_000 }, async (t) => {
  if (!requireLab(t)) return;
  await using folder = temporaryFolder('slipway-k8s-');
  const place = folder.at('cluster');
  const before = await locked(clusterLock(), () => traces(place));
  // what has to be built is built by whoever comes first, and is not timed
  const say = (line: string): void => t.diagnostic(line);
  const lab = await timed(t, 'up', () => startLab({ folder: place, say }));
  try {
    await t.test('four replicas are served by ClusterIP and Ingress', (s) => deployFour(s, lab));
    await t.test('a rollout loses no request through the ClusterIP', (s) => rolls(s, lab, 'ClusterIP', 'v2'));
    await t.test('nor through the Ingress', (s) => rolls(s, lab, 'Ingress', 'v3'));
    await t.test('without the contract of the platform it does', (s) => losesWithoutContract(s, lab));
    await t.test('each other kind of workload works', (s) => otherKinds(s, lab));
  } finally {
    await timed(t, 'down', () => lab.stop());
  }

  assert.deepEqual(await locked(clusterLock(), () => traces(place)), before);
});

async function deployFour(t: TestContext, lab: Cluster): Promise<void> {
  await timed(t, '4 of 4 Available', async () => {
    await lab.apply(shop(atVersion(lab, 'v1')));
    await lab.run(['wait', '--for=condition=Available', 'deployment/shop', '--timeout=60s']);
  });

  assert.equal(await lab.run(['get', 'deployment', 'shop', '-o', 'jsonpath={.status.availableReplicas}']), '4');
  await timed(t, 'ClusterIP and Ingress answer', async () => {
    for (const url of [await lab.serviceUrl('shop'), lab.ingressUrl]) assert.equal(await versionAt(url), 'v1');
  });
}

async function rolls(t: TestContext, lab: Cluster, through: 'ClusterIP' | 'Ingress', version: string): Promise<void> {
  const url = through === 'ClusterIP' ? await lab.serviceUrl('shop') : lab.ingressUrl;

  const count = await rolledUnderLoad(t, lab, url, atVersion(lab, version));

  assert.equal(count.failed, 0, JSON.stringify(count));
  assert.ok((count.versions[version] ?? 0) > 0, JSON.stringify(count));
}

async function losesWithoutContract(t: TestContext, lab: Cluster): Promise<void> {
  const without = { ...atVersion(lab, 'v1'), preStop: 0, env: { GRACEFUL: '0' } };
  await lab.apply([deployment(without)]);
  await lab.run(['rollout', 'status', 'deployment/shop', '--timeout=60s']);

  const count = await rolledUnderLoad(t, lab, await lab.serviceUrl('shop'), { ...without, image: imageOf(lab, 'v2') });

  assert.ok(count.failed > 0, 'the harness must see what is lost without preStop and a graceful end');
}

async function otherKinds(t: TestContext, lab: Cluster): Promise<void> {
  const storageClass = await lab.addVolumes(3);
  const [db, agent, migrate] = ['db', 'agent', 'migrate'].map((name) => ({
    ...atVersion(lab, 'v1'),
    name,
    preStop: 0,
  }));
  assert.ok(db !== undefined && agent !== undefined && migrate !== undefined);
  const configured = { ...atVersion(lab, 'v1'), name: 'configured', replicas: 1, preStop: 0, configured: true };

  await timed(t, 'StatefulSet, DaemonSet, Job, ConfigMap and Secret', async () => {
    await lab.apply([
      ...statefulSet(db, storageClass),
      daemonSet(agent),
      job(migrate),
      ...settings(configured, { greeting: 'good day', token: 'hunter2' }),
      deployment(configured),
    ]);
    for (const name of ['statefulset/db', 'daemonset/agent', 'deployment/configured']) {
      await lab.run(['rollout', 'status', name, '--timeout=60s']);
    }
    await lab.run(['wait', '--for=condition=Complete', 'job/migrate', '--timeout=60s']);
  });

  assert.equal(await lab.run(['get', 'daemonset', 'agent', '-o', 'jsonpath={.status.numberReady}']), '2');
  await keepsItsData(t, lab);
  const config = await askPod(lab, 'app=configured', '/config');
  assert.equal(config.greeting, 'good day');
  assert.equal(config.mounted, 'good day');
}

async function keepsItsData(t: TestContext, lab: Cluster): Promise<void> {
  const pod = 'statefulset.kubernetes.io/pod-name=db-2';
  await askPod(lab, pod, '/data', 'kept');
  await timed(t, 'StatefulSet rolled', async () => {
    await lab.run(['set', 'image', 'statefulset/db', `app=${imageOf(lab, 'v2')}`]);
    await lab.run(['rollout', 'status', 'statefulset/db', '--timeout=60s']);
  });

  const { value, version } = await askPod(lab, pod, '/data');

  assert.deepEqual({ value, version }, { value: 'kept', version: 'v2' });
}

function atVersion(lab: Cluster, version: string): AppOptions {
  return { image: imageOf(lab, version) };
}

function imageOf(lab: Cluster, version: string): string {
  return `${lab.registry.push}/app:${version}`;
}

async function rolledUnderLoad(t: TestContext, lab: Cluster, url: string, to: AppOptions): Promise<PhaseCount> {
  await lab.flushConnections();
  const load = await startLoad({ url, rate: RATE, phase: 'roll' });
  await sleep(QUIET_MS);
  await timed(t, `rolled to ${to.image}`, async () => {
    await lab.apply([deployment(to)]);
    await lab.run(['rollout', 'status', 'deployment/shop', '--timeout=60s']);
  });
  // old pods still serve who is connected to them
  while ((await podsOf(lab)).length > 4) await sleep(100);
  const { phases, lagMs } = await load.stop();
  const [count] = phases;
  assert.ok(count !== undefined);
  t.diagnostic(`${count.requests} requests, ${count.failed} failed, generator at most ${lagMs} ms behind`);
  return count;
}

async function podsOf(lab: Cluster): Promise<readonly string[]> {
  return (await lab.run(['get', 'pods', '-l', 'app=shop', '-o', 'name'])).trim().split('\n');
}

async function versionAt(url: string): Promise<unknown> {
  for (;;) {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    if (response?.ok === true) return ((await response.json()) as { version?: unknown }).version;
    await response?.body?.cancel();
    await sleep(20);
  }
}

async function askPod(lab: Cluster, selector: string, path: string, body?: string): Promise<Record<string, unknown>> {
  const address = await lab.run(['get', 'pods', '-l', selector, '-o', 'jsonpath={.items[0].status.podIP}']);
  const init = body === undefined ? {} : { method: 'POST', body };
  const response = await fetch(`http://${address}:8080${path}`, init);
  return (await response.json()) as Record<string, unknown>;
}

/** Whatever a cluster can leave on a machine; to be looked for while no other cluster is up. */
async function traces(folder: string): Promise<unknown> {
  const own = /slipway|kube|10\.(77|96|244)\./i;
  const lines = (text: string, pattern = own): string[] => text.split('\n').filter((line) => pattern.test(line));
  const sysctls = ['vm/overcommit_memory', 'kernel/panic', 'kernel/panic_on_oops', 'fs/inotify/max_user_instances'];
  return {
    folder: existsSync(folder),
    processes: processesBelow(folder).map(({ command }) => command),
    links: lines(await run(['ip', '-o', 'link'])),
    routes: lines(await run(['ip', 'route'])),
    rules: lines(await run(['iptables-save'])),
    mounts: lines(readFileSync('/proc/mounts', 'utf8'), new RegExp(folder)),
    cgroups: nodeCgroups(),
    sysctls: sysctls.map((name) => readFileSync(`/proc/sys/${name}`, 'utf8')),
    places: ['/var/lib/cni', '/var/log/pods', '/var/lib/kubelet', '/opt/containerd'].map((path) => existsSync(path)),
  };
}

async function timed<T>(t: TestContext, what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  t.diagnostic(`${what}: ${((performance.now() - began) / 1_000).toFixed(1)} s`);
  return result;
}
