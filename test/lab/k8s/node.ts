import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeUser } from './certificates.ts';
import { cgroupOf, makeCgroups } from './cgroups.ts';
import { run } from './command.ts';
import { type Daemon, startDaemon, until } from './daemon.ts';
import { PAUSE_IMAGE } from './images.ts';
import { enter, type Machine, startMachine } from './machine.ts';
import { nodeAddress, POD_NETWORK, podNetwork } from './network.ts';
import * as files from './node-files.ts';
import { PULL_URL, PUSH_ADDRESS } from './registry.ts';
import type { Site } from './site.ts';

const SETUP = fileURLToPath(new URL('node-setup.sh', import.meta.url));
/** A dead pod's half-open connections are forgotten after this time (seconds), so that one client cannot meet them. */
const SYN_SENT_S = 5;

export interface ClusterNode {
  readonly machine: Machine;
  readonly settings: files.NodeSettings;
}

/** A machine inside the lab that is set up to be a node; nothing runs in it yet. */
export async function makeNode(number: number, site: Site): Promise<ClusterNode> {
  const name = `n${number}`;
  const settings: files.NodeSettings = {
    name,
    address: nodeAddress(number),
    pods: podNetwork(number),
    allPods: POD_NETWORK,
    folder: join(site.folder, name),
    cgroup: cgroupOf(name),
    authorityFile: site.certificates.at('ca.crt'),
    pauseImage: PAUSE_IMAGE,
  };
  await writeFiles(settings, site);
  makeCgroups(settings.cgroup);
  const machine = await startMachine({
    name,
    pause: site.programs.pause,
    folder: settings.folder,
    inside: site.lab,
  });
  await run(enter(machine, ['sh', SETUP, settings.folder]));
  return { machine, settings };
}

async function writeFiles(settings: files.NodeSettings, { certificates }: Site): Promise<void> {
  const at = (name: string): string => join(settings.folder, name);
  const registry = join('registries', PUSH_ADDRESS);
  const folders = ['cni', 'lib', 'log', 'plugins', 'sysctl', registry];
  await Promise.all(folders.map((folder) => mkdir(at(folder), { recursive: true })));
  const contents: Readonly<Record<string, string>> = {
    'containerd.toml': files.containerdConfig(settings),
    'cni/10-lab.conflist': files.cniConfig(settings),
    'kubelet.yaml': files.kubeletConfig(settings),
    'proxy.yaml': files.proxyConfig(settings),
    'resolv.conf': 'nameserver 10.96.0.10\n',
    'kubelet.kubeconfig': certificates.kubeconfig(nodeUser(settings.name)),
    'proxy.kubeconfig': certificates.kubeconfig('system:kube-proxy'),
    [`${registry}/hosts.toml`]: files.registryHosts(PULL_URL),
  };
  await Promise.all(Object.entries(contents).map(([name, text]) => writeFile(at(name), text, { mode: 0o600 })));
}

/** The part of a node that needs no API server. */
export function startContainerd({ machine, settings }: ClusterNode): Daemon {
  const { name, folder } = settings;
  const config = join(folder, 'containerd.toml');
  return startDaemon(`${name}-containerd`, enter(machine, ['containerd', '--config', config]), folder);
}

/** Joins the cluster, whose API server must be ready. */
export async function joinCluster(
  { machine, settings }: ClusterNode,
  { programs }: Site,
  containerd: Daemon,
): Promise<readonly Daemon[]> {
  const { name, folder, address } = settings;
  // a kubelet that finds no runtime gives up
  await until(`containerd of ${name} listens`, [containerd], () => isThere(machine, '/run/containerd/containerd.sock'));
  const start = (part: string, ...args: readonly string[]): Daemon =>
    startDaemon(`${name}-${part}`, enter(machine, [programs.kubernetes, part, ...args]), folder);
  const kubelet = start(
    'kubelet',
    `--config=${folder}/kubelet.yaml`,
    `--kubeconfig=${folder}/kubelet.kubeconfig`,
    `--hostname-override=${name}`,
    `--node-ip=${address}`,
  );
  const proxy = start('kube-proxy', `--config=${folder}/proxy.yaml`);
  return [containerd, kubelet, proxy];
}

/** Once kube-proxy has made the kernel track connections. */
export async function shortenTracking({ machine }: ClusterNode): Promise<void> {
  const file = '/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_syn_sent';
  await run(enter(machine, ['sh', '-c', 'echo "$1" >"$2"', 'sh', String(SYN_SENT_S), file]));
}

function isThere(machine: Machine, path: string): boolean {
  return existsSync(`/proc/${machine.pid}/root${path}`);
}
