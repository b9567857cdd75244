import type { Argv } from '@slipway/effects/exec';
import { systemExec } from '@slipway/effects/exec-real';
import { type KeyPair, type RunningSshd, startSshd } from './sshd.ts';

/** A network that only two jump hosts lead into, one behind the other; the fleet's addresses are on our side of it. */
export interface JumpNet {
  /** The first three bytes of the addresses that the fleet gets. */
  readonly network: string;
  /** Where connections of the second jump host come from. */
  readonly source: string;
  /** Starts both jump hosts, the one nearest to us first; ours is the only side that sees the first. */
  startJumps(folder: string, clientKey: KeyPair): Promise<readonly [RunningSshd, RunningSshd]>;
  /** Ends them, and takes the network away. */
  remove(): Promise<void>;
}

const PORT = 2_222;
const [OUTER, BETWEEN, INNER] = ['10.213.2', '10.213.3', '10.213.4'] as const;

/** Needs root. `hosts` are the last bytes of the fleet's addresses. */
export async function makeJumpNet(hosts: readonly number[]): Promise<JumpNet> {
  const mark = `sl${process.pid % 100_000}`;
  const [first, second] = [`${mark}-1`, `${mark}-2`] as const;
  const servers: RunningSshd[] = [];
  const remove = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
    for (const netns of [first, second]) await systemExec.run({ argv: ['ip', 'netns', 'del', netns] });
  };
  const start = async (netns: string, address: string, folder: string, clientKey: KeyPair): Promise<RunningSshd> => {
    const server = await startSshd({ address, port: PORT, folder: `${folder}/${netns}`, clientKey, netns });
    servers.push(server);
    return server;
  };
  try {
    for (const netns of [first, second]) await ip('netns', 'add', netns);
    await connect([`${mark}o`, `${mark}i`], [undefined, first], [[`${OUTER}.1`], [`${OUTER}.2`]]);
    await connect([`${mark}a`, `${mark}b`], [first, second], [[`${BETWEEN}.1`], [`${BETWEEN}.2`]]);
    const fleet = hosts.map((last) => `${INNER}.${last}`);
    await connect([`${mark}f`, `${mark}s`], [undefined, second], [fleet, [`${INNER}.200`]]);
  } catch (cause) {
    await remove();
    throw cause;
  }
  return {
    network: INNER,
    source: `${INNER}.200`,
    async startJumps(folder, clientKey) {
      return [
        await start(first, `${OUTER}.2`, folder, clientKey),
        await start(second, `${BETWEEN}.2`, folder, clientKey),
      ];
    },
    remove,
  };
}

/** A cable between two namespaces, `undefined` being ours, with addresses at its ends. */
async function connect(
  [left, right]: readonly [string, string],
  namespaces: readonly [string | undefined, string | undefined],
  addresses: readonly [readonly string[], readonly string[]],
): Promise<void> {
  await ip('link', 'add', left, 'type', 'veth', 'peer', 'name', right);
  for (const [index, end] of [left, right].entries()) {
    const netns = namespaces[index];
    const there = netns === undefined ? [] : ['-n', netns];
    if (netns !== undefined) await ip('link', 'set', end, 'netns', netns);
    for (const address of addresses[index] ?? []) await ip(...there, 'addr', 'add', `${address}/24`, 'dev', end);
    await ip(...there, 'link', 'set', end, 'up');
    if (netns !== undefined) await ip(...there, 'link', 'set', 'lo', 'up');
  }
}

async function ip(...words: readonly string[]): Promise<void> {
  const argv: Argv = ['ip', ...words];
  const { code, stderr } = await systemExec.run({ argv });
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
}
