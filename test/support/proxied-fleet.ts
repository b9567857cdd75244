import { choosePort } from '../lab/ports.ts';
import type { Fleet } from '../lab/ssh-fleet.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';

/** The members of a fleet behind proxies that count what the runner sends to each. */
export interface ProxiedFleet extends AsyncDisposable {
  /** One per host, in order. */
  readonly proxies: readonly CountingProxy[];
  /** Over those of the fleet: the proxies listen on the addresses of their hosts, on another port. */
  readonly inputs: { readonly hosts: string; readonly 'known-hosts': string };
}

export async function proxiedFleet(fleet: Fleet): Promise<ProxiedFleet> {
  const { sshPort } = fleet;
  const addresses = fleet.hosts.map(({ address }) => address);
  const port = await choosePort(addresses, sshPort + 1);
  const proxies = await Promise.all(
    addresses.map((address) => startCountingProxy({ address, port }, { address, port: sshPort })),
  );
  const { hosts, 'known-hosts': known } = fleet.inputs;
  return {
    proxies,
    inputs: {
      hosts: hosts.replaceAll(`:${sshPort} `, `:${port} `),
      'known-hosts': `${known}\n${known.replaceAll(`]:${sshPort} `, `]:${port} `)}`,
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
    },
  };
}
