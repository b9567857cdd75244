import { systemClock } from '@slipway/effects/clock';
import { systemExec } from '@slipway/effects/exec-real';
import { systemHttp } from '@slipway/effects/http-real';
import type { ApplyPorts } from '@slipway/k8s/apply/apply-all';
import { createClient } from '@slipway/k8s/client';
import type { KubeObject } from '@slipway/k8s/object';
import { openProxy } from '@slipway/k8s/proxy';
import type { JsonObject } from '@slipway/kernel/json';
import type { Cluster } from '../../lab/k8s/cluster.ts';
import { temporaryFolder } from '../../support/temp.ts';

/** A cluster, our own API to it, and a namespace for one test file. */
export interface Place extends ApplyPorts {
  readonly cluster: Cluster;
  readonly namespace: string;
  /** Of the `kubectl proxy`. */
  readonly socketPath: string;
}

export interface Opened extends AsyncDisposable, Omit<Place, 'cluster' | 'namespace'> {}

/** An API as the actions have it, as the user of a kubeconfig. */
export async function openApi({ kubectl, kubeconfig }: Pick<Cluster, 'kubectl' | 'kubeconfig'>): Promise<Opened> {
  const folder = temporaryFolder('slipway-api-');
  const ports = { exec: systemExec, http: systemHttp, clock: systemClock, privateFolder: folder.path };
  const proxy = await openProxy({ kubectl, kubeconfig, context: undefined }, ports);
  const { socketPath, lost } = proxy;
  return {
    api: createClient({ ...ports, socketPath, lost }),
    clock: systemClock,
    signal: new AbortController().signal,
    socketPath,
    async [Symbol.asyncDispose]() {
      await proxy.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

export interface Kubeconfig {
  readonly clusters: readonly object[];
  readonly contexts: readonly { readonly context: object }[];
}

/** The kubeconfig of the administrator, with only what its context is made of. */
export async function readKubeconfig(cluster: Cluster): Promise<Kubeconfig> {
  return JSON.parse(await cluster.run(['config', 'view', '--raw', '--minify', '-o', 'json'])) as Kubeconfig;
}

/** A Deployment without pods: what matters here is its object. */
export function empty({ namespace }: Place, spec: JsonObject = {}, name = 'web'): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image: 'app:v1' }] } },
      ...spec,
    },
  };
}

export function settings({ namespace }: Place, name: string, data: Readonly<Record<string, string>>): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}
