import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../lab/k8s/cluster.ts';
import { type Manifest, settings, shop } from '../lab/k8s/manifests.ts';
import type { AppOptions } from '../lab/k8s/pod.ts';

/** Where the shop of a test lies. */
export interface ShopPlace {
  readonly cluster: Cluster;
  readonly namespace: string;
}

/** Old pods still serve who is connected to them. */
const REPLICAS = 4;

/** Everything of the shop, with configuration that belongs to the version. */
export function shopRelease(
  { namespace }: Pick<ShopPlace, 'namespace'>,
  options: AppOptions,
  values: { readonly greeting: string; readonly token: string },
): readonly Manifest[] {
  const wanted = { namespace, configured: true, ...options };
  return [...shop(wanted), ...settings(wanted, values)];
}

/** Its ways in: through the ClusterIP, and through the Ingress. */
export async function shopUrls({ cluster, namespace }: ShopPlace): Promise<readonly [string, string]> {
  return [await cluster.serviceUrl('shop', namespace), cluster.ingressUrl];
}

/** Until no pod of the shop but those that serve is left. */
export async function shopSettled({ cluster, namespace }: ShopPlace): Promise<void> {
  const path = '{range .items[*]}{.metadata.name} {.metadata.deletionTimestamp}{"\\n"}{end}';
  for (;;) {
    const told = await cluster.run(['get', 'pods', '-n', namespace, '-l', 'app=shop', '-o', `jsonpath=${path}`]);
    const pods = told.trim().split('\n');
    if (pods.length <= REPLICAS) return;
    const leaving = pods.flatMap((line) => (/^\S+ \S/.test(line) ? [`pod/${line.split(' ')[0]}`] : []));
    if (leaving.length === 0) await sleep(100);
    else await cluster.run(['wait', '--for=delete', ...leaving, '-n', namespace, '--timeout=60s']);
  }
}

/** What users know: the address of the Service, and whether it and the Ingress are still the same objects. */
export async function shopAddresses({ cluster, namespace }: ShopPlace): Promise<string> {
  const path = '{range .items[*]}{.kind} {.metadata.uid} {.spec.clusterIP}{.spec.rules}{"\\n"}{end}';
  return await cluster.run(['get', 'services,ingresses', '-n', namespace, '-o', `jsonpath=${path}`]);
}
