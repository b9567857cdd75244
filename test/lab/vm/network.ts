import { systemExec } from '@slipway/effects/exec-real';
import { run } from '../k8s/command.ts';
import { enter, type Machine } from '../k8s/machine.ts';

/** The addresses of one lab; every lab on a machine has its own. */
export interface LabNetwork {
  /** The first three bytes. */
  readonly prefix: string;
  /** The end of the cable that this machine sees. */
  readonly link: string;
}

/** The switch that the containers are plugged into, in the lab's own network. */
export const SWITCH = 'switch';
const LABS = 20;

/**
 * A switch in the lab's network, with a cable to ours: the hosts are reached at their own addresses, and nothing in the
 * lab has a way out.
 */
export async function layNetwork(lab: Machine): Promise<LabNetwork> {
  for (let number = 0; number < LABS; number++) {
    const network = { prefix: `10.78.${number}`, link: `slipvm${number}` };
    if (await isTaken(network)) continue;
    // of two labs that begin at once, one finds the name taken
    const made = await ip([`link add ${network.link} type veth peer name uplink netns ${lab.pid}`]);
    if (!made) continue;
    await must([`addr add ${network.prefix}.254/24 dev ${network.link}`, `link set ${network.link} up`]);
    const inside = [
      'link set lo up',
      `link add ${SWITCH} type bridge`,
      `addr add ${network.prefix}.1/24 dev ${SWITCH}`,
      `link set ${SWITCH} up`,
      `link set uplink master ${SWITCH} up`,
    ];
    await must(inside, lab);
    return network;
  }
  throw new Error(`All ${LABS} networks from 10.78.0.0/24 on are taken on this machine; see: ip route`);
}

/** It would go by itself with the lab, but one that still holds connections lives on for minutes. */
export async function cutCable({ link }: LabNetwork): Promise<void> {
  await ip([`link delete ${link}`]);
}

async function isTaken({ prefix, link }: LabNetwork): Promise<boolean> {
  const [routes, links] = await Promise.all([run(['ip', 'route']), run(['ip', '-brief', 'link'])]);
  return routes.includes(`${prefix}.`) || new RegExp(`^${link}@`, 'm').test(links);
}

async function ip(lines: readonly string[]): Promise<boolean> {
  return (await systemExec.run({ argv: ['ip', '-batch', '-'], input: `${lines.join('\n')}\n` })).code === 0;
}

async function must(lines: readonly string[], machine?: Machine): Promise<void> {
  const argv = ['ip', '-batch', '-'] as const;
  await run(machine === undefined ? argv : enter(machine, argv, ['net']), { input: `${lines.join('\n')}\n` });
}
