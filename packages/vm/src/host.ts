import type { Authority } from './authority.ts';

/** One line of the `hosts` input, or one host of the inventory, parsed. */
export interface Host {
  /** What `{host}` stands for, and what people read: `name=`, else the address. Unique in a run. */
  readonly name: string;
  /** What ssh connects to: a name, an address, or an alias of the user's ssh configuration. */
  readonly address: string;
  readonly user?: string;
  /** Of ssh: `:port` behind the address. */
  readonly port?: number;
  /** What `{port}` stands for: `port=`, where the service listens on this host. */
  readonly servicePort?: number;
  /** Hosts to go through, the nearest to us first; `[]`: none. Undefined: as the ssh configuration says. */
  readonly jump?: readonly Authority[];
  /** The folder below which everything of Slipway lives on this host; absolute, or below `~/`. */
  readonly root: string;
}
