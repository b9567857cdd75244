import { join } from 'node:path';
import type { Argv } from '@slipway/effects/exec';
import { run } from './command.ts';
import { type AppImage, pushApp } from './images.ts';

/** A Kubernetes cluster for tests, the lab's or the user's own. */
export interface Cluster {
  /** Path of a kubeconfig whose current context may do everything. */
  readonly kubeconfig: string;
  /** Path of a kubectl. */
  readonly kubectl: string;
  /** `host:port` that takes images without TLS; nodes pull them by the same name. */
  readonly registry: { readonly push: string };
  /** Where Ingresses are served: `http://host:port`. */
  readonly ingressUrl: string;
  /** Runs kubectl as administrator: what it printed, or an error with that. `input` is its stdin. */
  run(args: readonly string[], input?: string): Promise<string>;
  /** Server-side apply of objects: see `manifests.ts`. */
  apply(objects: readonly object[]): Promise<void>;
  /** Where the first port of a Service answers from here: `http://<ClusterIP>:<port>`. */
  serviceUrl(name: string, namespace?: string): Promise<string>;
  /** Pushes the test app (`app/main.go`); returns `<registry>/<name>@<digest>`. */
  pushApp(image: AppImage): Promise<string>;
  /** Makes room for so many volumes on each node; returns their storage class, undefined = the default one. */
  addVolumes(count: number): Promise<string | undefined>;
  /** Forgets tracked connections: before a measurement, so that it does not meet dead pods of the one before. */
  flushConnections(): Promise<void>;
  /** Ends what was started for it. */
  stop(): Promise<void>;
}

/** What differs between clusters. */
export interface ClusterParts
  extends Pick<
    Cluster,
    'kubeconfig' | 'kubectl' | 'registry' | 'ingressUrl' | 'addVolumes' | 'flushConnections' | 'stop'
  > {
  /** The program that becomes the test app's image. */
  readonly app: string;
  /** For what kubectl remembers of the API. */
  readonly folder: string;
}

export function describeCluster(parts: ClusterParts): Cluster {
  const env = { ...process.env, KUBECONFIG: parts.kubeconfig, KUBECACHEDIR: join(parts.folder, 'kubectl-cache') };
  const kubectl = async (args: readonly string[], input?: string): Promise<string> => {
    const argv: Argv = [parts.kubectl, ...args];
    return await run(argv, { env, ...(input === undefined ? {} : { input }) });
  };
  return {
    ...parts,
    run: kubectl,
    async apply(items) {
      const list = { apiVersion: 'v1', kind: 'List', items };
      await kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify(list));
    },
    async serviceUrl(name, namespace = 'default') {
      const path = '{.spec.clusterIP}:{.spec.ports[0].port}';
      return `http://${await kubectl(['get', 'service', name, '-n', namespace, '-o', `jsonpath=${path}`])}`;
    },
    pushApp: (image) => pushApp(parts.registry.push, parts.app, image),
  };
}
