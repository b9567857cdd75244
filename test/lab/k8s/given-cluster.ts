import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../support/require.ts';
import { buildApp } from './build.ts';
import { type Cluster, describeCluster } from './cluster.ts';
import { FIRST_VERSIONS } from './images.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Contexts that no production cluster has. */
const FOR_TESTS = /^current-context: *"?(kind-|k3d-|minikube|slipway-lab)/m;

/**
 * The kubeconfig of the user's own cluster for tests, or undefined: SLIPWAY_TEST_KUBECONFIG, or KUBECONFIG where its
 * current context is one of kind, k3d or minikube. Tests write to it, so any other KUBECONFIG is left alone.
 */
export async function givenKubeconfig(env: Env = process.env): Promise<string | undefined> {
  if (env.SLIPWAY_TEST_KUBECONFIG) return env.SLIPWAY_TEST_KUBECONFIG;
  const path = env.KUBECONFIG;
  if (!path || path.includes(':')) return undefined;
  const text = await readFile(path, 'utf8').catch(() => '');
  return FOR_TESTS.test(text) ? path : undefined;
}

/** The user's cluster as tests see it; it goes on afterwards. */
export async function useGivenCluster(
  kubeconfig: string,
  say: (line: string) => void,
  env: Env = process.env,
): Promise<Cluster> {
  const kubectl = findProgram('kubectl', env.PATH);
  if (kubectl === undefined) throw new Error('kubectl is not on the PATH; the cluster that is used instead needs it.');
  const registry = needed(
    env,
    'SLIPWAY_TEST_REGISTRY',
    'host:port of a registry that nodes pull from',
    '127.0.0.1:5001',
  );
  const ingressUrl = needed(env, 'SLIPWAY_TEST_INGRESS', 'where its Ingresses are served', 'http://127.0.0.1:80');
  const folder = await mkdtemp(join(tmpdir(), 'slipway-kubectl-'));
  const cluster = describeCluster({
    folder,
    kubeconfig,
    kubectl,
    app: await buildApp(say),
    registry: { push: registry },
    ingressUrl,
    addVolumes: () => Promise.resolve(undefined),
    flushConnections: () => Promise.resolve(),
    stop: () => rm(folder, { recursive: true, force: true }),
  });
  for (const version of FIRST_VERSIONS) await cluster.pushApp({ version });
  return cluster;
}

function needed(env: Env, name: string, what: string, example: string): string {
  const value = env[name];
  if (value) return value;
  throw new Error(`The tests use the cluster of your kubeconfig, and need ${what}: export ${name}=${example}`);
}
