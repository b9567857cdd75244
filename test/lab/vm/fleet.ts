import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '@slipway/kernel/errors';
import { forAll } from '@slipway/kernel/parallel';
import { haproxyConfig } from '../../support/haproxy.ts';
import { type KeyPair, makeKey } from '../../support/sshd.ts';
import { buildPause } from '../k8s/build.ts';
import { run } from '../k8s/command.ts';
import { enter, type Machine, startMachine } from '../k8s/machine.ts';
import { endProcessesBelow } from '../processes.ts';
import type { Fleet } from '../ssh-fleet.ts';
import { labCgroup, removeLabCgroups } from './cgroups.ts';
import { type Engine, type EngineOptions, startDocker } from './engine.ts';
import { type HostTraits, startHost, USER, type VmHost } from './host.ts';
import { hostImage, type Recipe } from './image.ts';
import { startNamespaces } from './namespaces.ts';
import { cutCable, type LabNetwork, layNetwork } from './network.ts';
import { ensureVmParts } from './parts.ts';

export interface VmFleetOptions {
  readonly hosts: number;
  /** A private folder with a short path, since unix sockets lie below it; not below /run. `stop` removes it. */
  readonly folder: string;
  /** How hosts differ from the plain ones, by their number from 1 on. */
  readonly traits?: Readonly<Record<number, HostTraits>>;
  /** What the hosts have besides what all hosts have. */
  readonly recipe?: Recipe;
  /** Default: docker, or namespaces where that cannot run. */
  readonly engine?: 'docker' | 'namespaces';
  /** The port of each slot that the balancer knows; default: `{ blue: 8080 }`. */
  readonly slots?: Readonly<Record<string, number>>;
  /** Live on when this process ends; default: all of it ends with it, however it ends. */
  readonly outlive?: boolean;
  readonly say?: (line: string) => void;
}

/** Hosts with systemd, and one more with HAProxy in front of them, that are reached as `deploy` over SSH. */
export interface VmFleet extends Pick<Fleet, 'folder' | 'url' | 'inputs'> {
  readonly hosts: readonly VmHost[];
  readonly balancer: VmHost;
  /** The admin socket, as this machine sees it. */
  readonly haproxy: { readonly socket: string };
  /** Of the slot "blue". */
  readonly appPort: number;
  readonly machine: Machine;
  readonly network: LabNetwork;
  /** Ends every process of the lab, and proves it. */
  stop(): Promise<void>;
}

export const NEEDS_ROOT =
  'The VM lab needs root, since its hosts are containers of an engine in namespaces of its own.';
const BACKEND = 'web';
const APP_PORT = 8_080;
/** More of them booting at once only hinder each other. */
const BOOTING_AT_ONCE = 2;
const END_MS = 20_000;
/** Instances of inotify; measured: about 7. */
const WATCHES_PER_HOST = 16;

/** Everything is booted and listens when this resolves. */
export async function startVmFleet(options: VmFleetOptions): Promise<VmFleet> {
  const { folder, recipe = {}, outlive = false, say = () => {} } = options;
  if (process.getuid?.() !== 0) throw new Error(NEEDS_ROOT);
  ensureVmParts(say);
  const image = await hostImage(recipe, say);
  const pause = await buildPause(say);
  allowWatches(options.hosts);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let network: LabNetwork | undefined;
  try {
    const lab = await startMachine({ name: 'vm-lab', pause, folder, outlive });
    network = await layNetwork(lab);
    const cgroup = labCgroup(network.link);
    const engine = await startEngine({ lab, folder: join(folder, 'engine'), image, cgroup, network }, options);
    return await furnish(options, lab, network, engine);
  } catch (cause) {
    await clearVmFleet(folder, network);
    throw cause;
  }
}

/** Docker; where it cannot run, the same by hand. */
async function startEngine(
  options: EngineOptions,
  { engine, say = () => {} }: Pick<VmFleetOptions, 'engine' | 'say'>,
): Promise<Engine> {
  await mkdir(options.folder, { recursive: true });
  // both leave things there
  await run(enter(options.lab, ['mount', '-t', 'tmpfs', 'tmpfs', '/run']));
  if (engine === 'namespaces') return await startNamespaces(options);
  try {
    return await startDocker(options);
  } catch (cause) {
    say(`No container engine can run here, so the hosts are made by hand: ${messageOf(cause)}`);
    return await startNamespaces(options);
  }
}

/** Each systemd takes some of what the kernel counts per user, and root is the same user in all of them. */
function allowWatches(hosts: number): void {
  const file = '/proc/sys/fs/inotify/max_user_instances';
  const wanted = 1_024 + hosts * WATCHES_PER_HOST;
  if (Number(readFileSync(file, 'utf8')) < wanted) writeFileSync(file, String(wanted));
}

async function furnish(
  options: VmFleetOptions,
  machine: Machine,
  network: LabNetwork,
  engine: Engine,
): Promise<VmFleet> {
  const { folder, traits = {}, slots = { blue: APP_PORT } } = options;
  const clientKey = await makeKey(join(folder, 'client_key'));
  const numbers = Array.from({ length: options.hosts }, (_, index) => index + 1);
  const hosts = await forAll(numbers, BOOTING_AT_ONCE, (number) => {
    const name = `web-${number}`;
    const boot = bootArgs(traits[number] ?? {});
    return startHost({ name, folder: join(folder, name), clientKey, boot }, machine, engine);
  });
  const balancer = await startBalancer(hosts, slots, { folder, clientKey, machine, engine });
  const appPort = slots.blue ?? APP_PORT;
  return {
    folder,
    hosts,
    balancer,
    machine,
    network,
    appPort,
    url: `http://${balancer.address}:${appPort}`,
    haproxy: { socket: join(folder, 'lb', 'run', 'admin.sock') },
    inputs: {
      hosts: hosts.map(({ name, address }) => `${USER}@${address} name=${name}`).join('\n'),
      balancer: `haproxy://${USER}@${balancer.address}/run/haproxy/admin.sock?backend=${BACKEND}&server={host}-{slot}`,
      'ssh-key': clientKey.privateKey,
      'known-hosts': [...hosts, balancer].map(({ knownHosts }) => knownHosts).join('\n'),
    },
    stop: () => clearVmFleet(folder, network),
  };
}

function bootArgs({ shell, busybox = false, linger = false }: HostTraits): readonly string[] {
  return [
    ...(shell === undefined ? [] : ['--shell', shell]),
    ...(linger ? ['--linger'] : []),
    ...(busybox ? ['--busybox'] : []),
  ];
}

interface BalancerSettings {
  readonly folder: string;
  readonly clientKey: KeyPair;
  readonly machine: Machine;
  readonly engine: Engine;
}

/** The hosts are called up at their own addresses: a port that the engine publishes is open while its app is down. */
async function startBalancer(
  hosts: readonly VmHost[],
  slots: Readonly<Record<string, number>>,
  { folder, clientKey, machine, engine }: BalancerSettings,
): Promise<VmHost> {
  const own = join(folder, 'lb');
  await mkdir(join(own, 'run'), { recursive: true });
  const servers = hosts.flatMap(({ name, address }) =>
    Object.entries(slots).map(([slot, port]) => ({ name: `${name}-${slot}`, address, port })),
  );
  const config = haproxyConfig(
    {
      folder: '/run/haproxy',
      bind: { address: '*', port: slots.blue ?? APP_PORT },
      backend: BACKEND,
      servers,
      // hosts share the cores of one machine: while one boots a JVM, the others are slow, and not down
      checkTimeout: '2s',
      socketMode: '660',
      socketGroup: 'haproxy',
    },
    '/run/haproxy/admin.sock',
  );
  await writeFile(join(own, 'haproxy.cfg'), config);
  const mounts = { '/etc/haproxy/haproxy.cfg': join(own, 'haproxy.cfg'), '/run/haproxy': join(own, 'run') };
  return await startHost({ name: 'lb', folder: own, clientKey, boot: ['--balancer'], mounts }, machine, engine);
}

/** Ends a lab, also one that another process started, and removes its folder; throws when anything is left. */
export async function clearVmFleet(folder: string, network: LabNetwork | undefined): Promise<void> {
  const left = await endProcessesBelow(folder, END_MS);
  if (left.length > 0) {
    throw new Error(
      `These processes of ${folder} live on:\n${left.map(({ pid, command }) => `  ${pid}  ${command}`).join('\n')}`,
    );
  }
  if (network !== undefined) {
    await cutCable(network);
    await removeLabCgroups(network.link);
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
