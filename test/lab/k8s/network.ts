import { systemExec } from '@slipway/effects/exec-real';
import { run } from './command.ts';
import { enter, type Machine } from './machine.ts';

/** Where everything listens that is not in a pod: the control plane, the registry, Traefik. */
export const CONTROL_ADDRESS = '10.77.0.254';
export const SERVICE_NETWORK = '10.96.0.0/16';
export const POD_NETWORK = '10.244.0.0/16';
/** The end of the cable that the outer machine sees. */
const HOST_LINK = 'slipway0';
const HOST_ADDRESS = '10.77.0.253';
/** Services are answered by this node, for whoever is no node. */
const FIRST_NODE = 1;

export function nodeAddress(number: number): string {
  return `10.77.0.1${number}`;
}

export function podNetwork(number: number): string {
  return `10.244.${number}.0/24`;
}

/**
 * A switch in the lab's machine, with a cable to ours. Nothing in the lab has a default route: what is neither node,
 * pod nor service cannot be reached from there.
 */
export async function layNetwork(lab: Machine): Promise<void> {
  await cutCable();
  await refuseTaken();
  await ip([`link add ${HOST_LINK} type veth peer name uplink netns ${lab.pid}`]);
  await ip(
    [
      'link set lo up',
      'link add switch type bridge',
      `addr add ${CONTROL_ADDRESS}/24 dev switch`,
      'link set switch up',
      'link set uplink master switch up',
    ],
    lab,
  );
  await ip([`addr add ${HOST_ADDRESS}/24 dev ${HOST_LINK}`, `link set ${HOST_LINK} up`]);
}

/**
 * Takes the cable to our machine away, and the routes with it. It would go by itself with the lab's last connection,
 * but one whose other end was killed too lives on for minutes.
 */
export async function cutCable(): Promise<void> {
  // asked of the kernel: /sys/class/net shows the network that it was mounted in
  const { code } = await systemExec.run({ argv: ['ip', 'link', 'show', HOST_LINK] });
  if (code === 0) await ip([`link delete ${HOST_LINK}`]);
}

/** Somebody else's network of the same addresses: a VPN, or another lab. */
async function refuseTaken(): Promise<void> {
  const routes = (await run(['ip', 'route'])).split('\n');
  const taken = routes.filter((route) => /^10\.(77\.0|96|244)\./.test(route));
  if (taken.length > 0) throw new Error(`The lab's addresses are taken on this machine:\n${taken.join('\n')}`);
}

/** Plugs the nodes into the switch, and tells everybody the way to their pods and to the services. */
export async function plugNodes(lab: Machine, nodes: readonly Machine[]): Promise<void> {
  const numbers = nodes.map((_, index) => index + 1);
  await ip(
    nodes.flatMap((node, index) => [
      `link add node${index + 1} type veth peer name eth0 netns ${node.pid}`,
      `link set node${index + 1} master switch up`,
    ]),
    lab,
  );
  const podRoutes = (from: readonly number[]): string[] =>
    from.map((number) => `route add ${podNetwork(number)} via ${nodeAddress(number)}`);
  for (const [index, node] of nodes.entries()) {
    const own = index + 1;
    await ip(
      [
        'link set lo up',
        `addr add ${nodeAddress(own)}/24 dev eth0`,
        'link set eth0 up',
        ...podRoutes(numbers.filter((number) => number !== own)),
      ],
      node,
    );
  }
  const outside = [...podRoutes(numbers), `route add ${SERVICE_NETWORK} via ${nodeAddress(FIRST_NODE)}`];
  await ip(outside, lab);
  await ip(outside);
}

/** Lines as `ip` takes them, in a machine or in ours; its own processes are seen by none of them, so only net is entered. */
async function ip(lines: readonly string[], machine?: Machine): Promise<void> {
  const argv = ['ip', '-batch', '-'] as const;
  await run(machine === undefined ? argv : enter(machine, argv, ['net']), { input: `${lines.join('\n')}\n` });
}
