import { systemClock } from '@slipway/effects/clock';
import { systemExec } from '@slipway/effects/exec-real';
import type { Host } from '@slipway/vm/host';
import type { LockSettings } from '@slipway/vm/lease/fleet-lock';
import { type Fleet, openAll } from '@slipway/vm/ssh/open';
import type { LeasedSession, RemoteStep } from '@slipway/vm/ssh/session';
import type { SshSettings } from '@slipway/vm/ssh/settings';
import { keptLog } from './kept-log.ts';
import { type KeyPair, makeKey, type RunningSshd, type SshdOptions, startSshd } from './sshd.ts';
import { type TemporaryFolder, temporaryFolder } from './temp.ts';

export interface SshLab extends AsyncDisposable {
  readonly folder: TemporaryFolder;
  readonly servers: readonly RunningSshd[];
  readonly clientKey: KeyPair;
  /** A server as a host, with its root below the lab's folder. */
  host(index: number, over?: Partial<Host>): Host;
  settings(over?: Partial<SshSettings>): SshSettings;
  /** Opens hosts; they are closed with the lab. */
  open(hosts: readonly Host[], over?: Partial<SshSettings>): Promise<Fleet>;
  openOne(over?: Partial<SshSettings>): Promise<LeasedSession>;
  /** One more server, in a folder of that name; it ends with the lab. */
  add(name: string, options?: Partial<SshdOptions>): Promise<RunningSshd>;
  /** Of the app and environment that the settings name. */
  state(index: number): string;
}

/** Real sshd servers, and settings that open them. */
export async function sshLab(count: number, options: Partial<SshdOptions> = {}): Promise<SshLab> {
  const folder = temporaryFolder('sl-');
  const clientKey = options.clientKey ?? (await makeKey(folder.at('client_key')));
  const servers: RunningSshd[] = [];
  for (let index = 0; index < count; index += 1) {
    const own = { address: `127.0.34.${index + 1}`, folder: folder.at(`sshd-${index}`), clientKey };
    servers.push(await startSshd({ ...own, ...options }));
  }
  const added: RunningSshd[] = [];
  const fleets: Fleet[] = [];
  const lab: SshLab = {
    folder,
    servers,
    clientKey,
    host(index, over = {}) {
      const server = servers[index];
      if (server === undefined) throw new Error(`the lab has no server ${index}`);
      const { address, port, user } = server;
      return { name: `web-${index + 1}`, address, port, user, root: folder.at(`root-${index}`), ...over };
    },
    settings: (over = {}) => ({
      exec: systemExec,
      clock: systemClock,
      log: keptLog(),
      privateFolder: folder.path,
      knownHosts: servers.map(({ knownHosts }) => knownHosts).join('\n'),
      sshKey: clientKey.privateKey,
      connectTimeoutMs: 10_000,
      forwards: () => [],
      lease: leaseOf(1),
      ...over,
    }),
    async open(hosts, over) {
      const fleet = await openAll(hosts, lab.settings(over));
      fleets.push(fleet);
      return fleet;
    },
    async openOne(over) {
      const [session] = (await lab.open([lab.host(0)], over)).sessions;
      if (session === undefined) throw new Error('nothing was opened');
      return session;
    },
    async add(name, more = {}) {
      const address = `127.0.34.${101 + added.length}`;
      const server = await startSshd({ address, folder: folder.at(`sshd-${name}`), clientKey, ...more });
      added.push(server);
      return server;
    },
    state: (index) => folder.at(`root-${index}`, 'shop', 'test', 'state'),
    async [Symbol.asyncDispose]() {
      await Promise.all(fleets.map((fleet) => fleet.close()));
      await Promise.all([...servers, ...added].map((server) => server.stop()));
      await folder[Symbol.asyncDispose]();
    },
  };
  return lab;
}

export function leaseOf(run: number, leaseSeconds = 30, pingSeconds = 5): SshSettings['lease'] {
  const url = `https://git.example/acme/shop/actions/runs/${run}`;
  return {
    app: 'shop',
    environment: 'test',
    run: { id: String(run), attempt: 1, number: run, url },
    leaseSeconds,
    pingSeconds,
  };
}

export function stepOf(script: string, over: Partial<RemoteStep> = {}): RemoteStep {
  return { label: 'test', script, vars: {}, fence: 'free', timeoutMs: 20_000, ...over };
}

export function lockSettings(over: Partial<LockSettings> = {}): LockSettings {
  return { waitMs: 20_000, clock: systemClock, signal: new AbortController().signal, log: keptLog(), ...over };
}
