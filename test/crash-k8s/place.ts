import { systemClock } from '@slipway/effects/clock';
import { systemExec } from '@slipway/effects/exec-real';
import { systemHttp } from '@slipway/effects/http-real';
import type { KubeApi } from '@slipway/k8s/api';
import { createClient } from '@slipway/k8s/client';
import { openProxy } from '@slipway/k8s/proxy';
import type { Cluster } from '../lab/k8s/cluster.ts';
import { deployment, job, type Manifest, service, settings } from '../lab/k8s/manifests.ts';
import { type K8sDeployments, k8sDeployments } from '../support/k8s-deployments.ts';
import { type Load, startLoad } from '../support/load.ts';
import { temporaryFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';
import type { Case } from './case.ts';

/** A cluster, and the test's own way to it, which nothing disturbs. */
export interface Base {
  readonly cluster: Cluster;
  readonly api: KubeApi;
  /** Of a `kubectl proxy` that has the credentials. */
  readonly socketPath: string;
}

/** A namespace with a shop in it. */
export interface Place extends Base {
  readonly namespace: string;
  readonly runs: K8sDeployments;
}

export const REPLICAS = 2;
/**
 * Of runs that are killed: taken over soon, but not while a busy machine keeps a living one from its renewals; and with
 * sets that are pruned in each run.
 */
export const INPUTS = { lease: '9s', keep: '2' };
const CONTROL = 'the time when nobody serves';
const RATE = 20;
/** A machine that does so much at once may be slow: what counts here is that somebody answers, and well. */
const LATE_MS = 5_000;

export async function withBase(cluster: Cluster, use: (base: Base) => Promise<unknown>): Promise<void> {
  await using folder = temporaryFolder('slipway-base-');
  const ports = { exec: systemExec, http: systemHttp, clock: systemClock, privateFolder: folder.path };
  const { kubectl, kubeconfig } = cluster;
  const proxy = await openProxy({ kubectl, kubeconfig, context: undefined }, ports);
  try {
    const { socketPath, lost } = proxy;
    await use({ cluster, socketPath, api: createClient({ ...ports, socketPath, lost }) });
  } finally {
    await proxy.close();
  }
}

export async function withNamespace<T>(base: Base, namespace: string, use: (place: Place) => Promise<T>): Promise<T> {
  await base.cluster.run(['create', 'namespace', namespace]);
  try {
    return await use({ ...base, namespace, runs: k8sDeployments(base.cluster, { app: 'shop', namespace }) });
  } finally {
    await base.cluster.run(['delete', 'namespace', namespace, '--wait=false']);
  }
}

/** A release with all that one can have; it answers with its own version. A bad one has an image that is nowhere. */
export function releaseOf({ cluster, namespace }: Place, version: string, bad = false): readonly Manifest[] {
  const image = (tag: string): string => `${cluster.registry.push}/app:${tag}`;
  const options = { namespace, env: { VERSION: version } };
  const shop = deployment({ ...options, image: image(bad ? 'nowhere' : 'v1'), configured: true, replicas: REPLICAS });
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: '100%', maxUnavailable: 0 } };
  return [
    { ...shop, spec: { ...(shop.spec as object), strategy } },
    service({ namespace, image: '' }),
    job({ ...options, image: image('v1'), name: 'migrate' }),
    ...settings({ namespace }, { greeting: `hello ${version}`, token: `token of ${version}` }),
  ];
}

/** Load through the Service that never stops, once it answers. */
export async function loadOf({ cluster, namespace }: Place): Promise<Load> {
  const url = await cluster.serviceUrl('shop', namespace);
  await until('the Service answers', () => fetch(url).catch(() => undefined));
  return await startLoad({ url, rate: RATE, phase: 'begin', lateMs: LATE_MS });
}

/** What the load met, phase by phase; with nobody behind the Service it must see that. */
export async function stopLoad({ cluster, namespace }: Place, load: Load): Promise<readonly Case[]> {
  await load.phase(CONTROL);
  await cluster.run(['scale', 'deployment', 'shop', '-n', namespace, '--replicas=0']);
  await cluster.run(['wait', 'pods', '-n', namespace, '-l', 'app=shop', '--for=delete', '--timeout=30s']);
  const { phases } = await load.stop();
  return phases.flatMap(({ name, requests, failed, errors }) => {
    const right = name === CONTROL ? failed > 0 : failed === 0;
    const problem = `${failed} of ${requests} requests failed: ${JSON.stringify(errors)}`;
    return right ? [] : [{ name: `load during ${name}`, problems: [problem] }];
  });
}
