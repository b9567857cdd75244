import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.ts';
import { ask, startControlPlane } from './control-plane.ts';
import { type Daemon, until } from './daemon.ts';
import { pushFirstImages } from './images.ts';
import { layNetwork, plugNodes } from './network.ts';
import { type ClusterNode, joinCluster, makeNode, shortenTracking, startContainerd } from './node.ts';
import { startRegistry } from './registry.ts';
import type { Site } from './site.ts';
import { startTraefik, TRAEFIK_CLASSES } from './traefik.ts';
import { LOCAL_STORAGE } from './volumes.ts';

/** Makes a cluster of an empty lab, as many things at a time as can be. Its nodes are Ready when this resolves. */
export async function furnish(site: Site, count: number): Promise<readonly ClusterNode[]> {
  await layNetwork(site.lab);
  const nodes = await Promise.all(Array.from({ length: count }, (_, index) => makeNode(index + 1, site)));
  await plugNodes(
    site.lab,
    nodes.map(({ machine }) => machine),
  );
  const equipped = nodes.map((node) => ({ node, containerd: startContainerd(node) }));
  const [control] = await Promise.all([startControlPlane(site), startImages(site)]);
  const joined = equipped.map(({ node, containerd }) => joinCluster(node, site, containerd));
  const [traefik, ...kubelets] = await Promise.all([tellClasses(site), ...joined]);
  const daemons = [...control, traefik, ...kubelets.flat()];
  await until('all nodes are Ready', daemons, () => areReady(site, count));
  // pods are refused until a controller has made it
  const account = '/api/v1/namespaces/default/serviceaccounts/default';
  await until('pods are taken', daemons, async () => (await ask(site.certificates, account)) !== undefined);
  await Promise.all(nodes.map(shortenTracking));
  return nodes;
}

async function startImages(site: Site): Promise<void> {
  await startRegistry(site);
  await pushFirstImages(site.programs);
}

/** The classes of routers and volumes that the lab has, and the program behind the routers. */
async function tellClasses(site: Site): Promise<Daemon> {
  const kubeconfig = join(site.folder, 'kubeconfig');
  await writeFile(kubeconfig, site.certificates.kubeconfig('admin'), { mode: 0o600 });
  const kubectl = (args: readonly string[], input = ''): Promise<string> =>
    run([site.programs.kubectl, ...args], {
      env: { ...process.env, KUBECONFIG: kubeconfig, HOME: site.folder },
      input,
    });
  await kubectl(['apply', '--server-side', '-f', site.programs.gatewayApi]);
  await kubectl([
    'wait',
    '--for=condition=Established',
    '--timeout=60s',
    'crd/gatewayclasses.gateway.networking.k8s.io',
  ]);
  const items = [...TRAEFIK_CLASSES, LOCAL_STORAGE];
  await kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  return await startTraefik(site);
}

interface NodeList {
  readonly items: readonly {
    readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

async function areReady({ certificates }: Site, count: number): Promise<boolean> {
  const answer = await ask(certificates, '/api/v1/nodes');
  if (answer === undefined) return false;
  const { items } = JSON.parse(answer) as NodeList;
  const ready = items.filter(({ status }) =>
    status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True'),
  );
  return ready.length === count;
}
