import type { Fleet } from '../lab/ssh-fleet.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';

/** The members of a fleet behind proxies that count what the runner sends to each. */
export interface ProxiedFleet extends AsyncDisposable {
  /** One per host, in order. */
  readonly proxies: readonly CountingProxy[];
  /** Over those of the fleet: its hosts by the addresses of the proxies. */
  readonly inputs: { readonly hosts: string; readonly 'known-hosts': string; readonly health: string };
}

/** `addressOf` gives each host, from 0, a free loopback address for its proxy. */
export async function proxiedFleet(fleet: Fleet, addressOf: (index: number) => string): Promise<ProxiedFleet> {
  const ports = [fleet.sshPort, fleet.appPort];
  const servers = await Promise.all(
    fleet.hosts.map(({ address }, index) =>
      Promise.all(ports.map((port) => startCountingProxy({ address: addressOf(index), port }, { address, port }))),
    ),
  );
  const swap = (text: string): string =>
    fleet.hosts.reduce((all, { address }, i) => all.replaceAll(`${address}:`, `${addressOf(i)}:`), text);
  const known = fleet.hosts.reduce(
    (all, { address }, i) => all.replaceAll(`[${address}]:`, `[${addressOf(i)}]:`),
    fleet.inputs['known-hosts'],
  );
  return {
    proxies: servers.flatMap(([ssh]) => ssh ?? []),
    inputs: {
      hosts: swap(fleet.inputs.hosts),
      'known-hosts': known,
      health: `http://{address}:${fleet.appPort}/healthz`,
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.flat().map((proxy) => proxy[Symbol.asyncDispose]()));
    },
  };
}
