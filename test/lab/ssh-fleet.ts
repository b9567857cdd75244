import { mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type HaproxyOptions, type RunningHaproxy, startHaproxy } from '../support/haproxy.ts';
import { type KeyPair, makeKey, type RunningSshd, startSshd } from '../support/sshd.ts';
import { clearLab, type LabAddresses, noteLab } from './clear.ts';
import { choosePort, takenAddress } from './ports.ts';
import { LAB_MARK } from './processes.ts';

export interface FleetOptions {
  readonly hosts: number;
  /** A private folder with a short path, since unix sockets lie below it; `stop` removes it. */
  readonly folder: string;
  /** The first three bytes of the addresses, which are there already; default 127.0.20, on the loopback. */
  readonly network?: string;
  /** Exactly these, or an error that names the address; default: 22022 and 8080, or higher ones that are free. */
  readonly sshPort?: number;
  readonly appPort?: number;
  /** Two slots on every host, and a balancer that moves users from the one to the other by a map; default: one. */
  readonly slots?: boolean;
  /** More lines of sshd_config for every host. */
  readonly config?: readonly string[];
  /** Live on when this process ends; default: servers end with it, however it ends. */
  readonly outlive?: boolean;
}

/** A "host": an sshd with an address, a host key and a folder of its own. */
export interface FleetHost {
  readonly name: string;
  readonly address: string;
  readonly folder: string;
  /** The `root=` of its line. */
  readonly root: string;
  readonly sshd: RunningSshd;
}

/** N hosts and a balancer host. */
export interface Fleet {
  readonly folder: string;
  readonly hosts: readonly FleetHost[];
  readonly balancer: FleetHost;
  readonly haproxy: RunningHaproxy;
  /** Where users send their requests. */
  readonly url: string;
  readonly sshPort: number;
  readonly appPort: number;
  /** The inputs of deploy-vm and rollback that say how the fleet is reached. */
  readonly inputs: {
    readonly hosts: string;
    readonly balancer: string;
    readonly 'ssh-key': string;
    readonly 'known-hosts': string;
    readonly slots?: string;
  };
  /** Ends every process of the lab, those that deployments started included, and proves it. */
  stop(): Promise<void>;
}

const BACKEND = 'web';
const MAP = 'slipway.map';
const SSH_PORT = 22_022;
const APP_PORT = 8_080;

interface Place {
  readonly name: string;
  readonly address: string;
}

/** Real sshds and a real HAProxy as the current user. Everything listens when this resolves. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const network = options.network ?? '127.0.20';
  const lb: Place = { name: 'lb', address: `${network}.254` };
  const members = Array.from({ length: options.hosts }, (_, index) => index + 1).map(
    (number): Place => ({ name: `web-${number}`, address: `${network}.${number}` }),
  );
  const addresses = [...members, lb].map(({ address }) => address);
  const sshPort = await portFor(addresses, options.sshPort, SSH_PORT);
  const appPort = await portFor(addresses, options.appPort, APP_PORT);
  const greenPort = options.slots === true ? await choosePort(addresses, appPort + 1) : undefined;
  const ports = greenPort === undefined ? [sshPort, appPort] : [sshPort, appPort, greenPort];
  const at: LabAddresses = { addresses, ports };
  const stop = (): Promise<void> => clearLab(options.folder, at);
  try {
    await mkdir(options.folder, { recursive: true });
    if (options.outlive === true) await noteLab(options.folder, at);
    const clientKey = await makeKey(join(options.folder, 'client_key'));
    const start = (place: Place): Promise<FleetHost> => startHost(place, { ...options, clientKey, sshPort, appPort });
    const [balancer, hosts] = await Promise.all([start(lb), Promise.all(members.map(start))]);
    const haproxy = await startHaproxy({
      folder: balancer.folder,
      bind: { address: lb.address, port: appPort },
      backend: BACKEND,
      servers: members.map(({ name, address }) => ({ name: `${name}-blue`, address, port: appPort })),
      ...(greenPort === undefined ? {} : { slots: await slotsOf(balancer, members, greenPort) }),
      outlive: options.outlive === true,
    });
    const routing = greenPort === undefined ? `backend=${BACKEND}` : mapRouting(balancer);
    const reach = inputsFor(hosts, balancer, `${haproxy.socket}?${routing}`, clientKey);
    const inputs = greenPort === undefined ? reach : { ...reach, slots: `blue=${appPort}, green=${greenPort}` };
    return { folder: options.folder, hosts, balancer, haproxy, url: haproxy.url, sshPort, appPort, inputs, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** Nobody is green's at first. */
async function slotsOf(
  { folder }: FleetHost,
  members: readonly Place[],
  port: number,
): Promise<NonNullable<HaproxyOptions['slots']>> {
  const map = join(folder, MAP);
  await writeFile(map, 'green 0\n');
  return { map, green: members.map(({ name, address }) => ({ name: `${name}-green`, address, port })) };
}

function mapRouting({ folder }: FleetHost): string {
  return `map=${join(folder, MAP)}&blue=${BACKEND}&green=${BACKEND}_green`;
}

async function portFor(addresses: readonly string[], asked: number | undefined, preferred: number): Promise<number> {
  if (asked === undefined) return choosePort(addresses, preferred);
  const taken = await takenAddress(addresses, asked);
  if (taken !== undefined) throw new Error(`${taken}:${asked} is taken by another program; see who: ss -ltnp`);
  return asked;
}

interface HostSettings {
  readonly folder: string;
  readonly clientKey: KeyPair;
  readonly sshPort: number;
  readonly appPort: number;
  readonly config?: readonly string[];
  readonly outlive?: boolean;
}

async function startHost({ name, address }: Place, lab: HostSettings): Promise<FleetHost> {
  const folder = join(lab.folder, name);
  const [home, root] = [join(folder, 'home'), join(folder, 'opt')] as const;
  await Promise.all([home, root].map((path) => mkdir(path, { recursive: true })));
  const sshd = await startSshd({
    address,
    port: lab.sshPort,
    folder: join(folder, 'sshd'),
    env: { HOME: home, HOST: address, PORT: String(lab.appPort), NODE: process.execPath, [LAB_MARK]: lab.folder },
    clientKey: lab.clientKey,
    config: lab.config ?? [],
    outlive: lab.outlive === true,
  });
  return { name, address, folder, root, sshd };
}

function inputsFor(
  hosts: readonly FleetHost[],
  balancer: FleetHost,
  routing: string,
  clientKey: KeyPair,
): Fleet['inputs'] {
  const user = userInfo().username;
  const at = ({ address, sshd }: FleetHost): string => `${user}@${address}:${sshd.port}`;
  return {
    hosts: hosts.map((host) => `${at(host)} name=${host.name} root=${host.root}`).join('\n'),
    balancer: `haproxy://${at(balancer)}${routing}&server={host}-{slot}&root=${balancer.root}`,
    'ssh-key': clientKey.privateKey,
    'known-hosts': [...hosts, balancer].map(({ sshd }) => sshd.knownHosts).join('\n'),
  };
}
