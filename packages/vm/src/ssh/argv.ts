import type { Argv } from '@slipway/effects/exec';
import { formatAuthority } from '../authority.ts';
import type { Host } from '../host.ts';
import { quoted } from './config.ts';
import type { LocalForward } from './session.ts';

/** The files on the runner that belong to one connection. */
export interface Connection {
  readonly host: Host;
  /** Where the master listens for steps; ssh adds 17 characters while it starts. */
  readonly control: string;
  /** The file of `configText`. */
  readonly config: string;
  /** The socket of the agent that has the key. Undefined: whatever the user's configuration says. */
  readonly agent: string | undefined;
}

export interface MasterTimes {
  readonly connectTimeoutMs: number;
  readonly pingSeconds: number;
  readonly leaseSeconds: number;
}

/**
 * The connection itself, in the foreground. Its remote command is the holder, so that the end of our pipe is the end
 * of the run on the host.
 */
export function masterArgv(
  connection: Connection,
  times: MasterTimes,
  forwards: readonly LocalForward[],
  command: string,
): Argv {
  const { host, control } = connection;
  const alive = Math.ceil(times.leaseSeconds / times.pingSeconds);
  return [
    ...program(connection),
    '-M',
    '-S',
    control,
    ...options({
      ConnectTimeout: Math.max(1, Math.ceil(times.connectTimeoutMs / 1_000)),
      ServerAliveInterval: Math.ceil(times.pingSeconds),
      ServerAliveCountMax: Math.max(alive, 1),
      ControlPersist: 'no',
      ExitOnForwardFailure: 'yes',
      StreamLocalBindUnlink: 'yes',
    }),
    ...forwards.flatMap((forward) => ['-L', forwardSpec(forward)]),
    ...route(host),
    ...destination(host),
    command,
  ];
}

/**
 * One step over the connection. When the master is gone, ssh would connect anew and leave the holder and its lease
 * behind: a proxy that only fails forbids it. Without the user's configuration, since nothing of it matters any more.
 */
export function stepArgv(connection: Connection, command: string): Argv {
  return ['ssh', ...overMaster(connection), ...destination(connection.host), command];
}

/** Asks the master for one more forward. */
export function forwardArgv(connection: Connection, forward: LocalForward): Argv {
  const [first, ...rest] = overMaster(connection);
  return ['ssh', first, ...rest, '-O', 'forward', '-L', forwardSpec(forward), ...destination(connection.host)];
}

/** Comes by the same route, only to see which key the host shows: the key is written down, nobody is logged in. */
export function offeredKeyArgv(connection: Connection, knownHosts: string): Argv {
  const none = Object.fromEntries(
    ['Pubkey', 'Password', 'KbdInteractive', 'GSSAPI', 'Hostbased'].map((way) => [`${way}Authentication`, 'no']),
  );
  return [
    ...program(connection),
    '-S',
    'none',
    ...options({
      ...none,
      StrictHostKeyChecking: 'accept-new',
      UserKnownHostsFile: quoted(knownHosts),
      GlobalKnownHostsFile: '/dev/null',
      HashKnownHosts: 'no',
    }),
    ...route(connection.host),
    ...destination(connection.host),
    'exit',
  ];
}

/** Works in every login shell: the script comes on stdin, so there is nothing to quote and no limit to its length. */
export function bootstrap(script: string): string {
  return `exec sh -c 'eval "$(dd ibs=1 count=${Buffer.byteLength(script)} 2>/dev/null)"'`;
}

/** The environment is for a ProxyCommand of the user, whose ssh may read another configuration. */
function program({ agent, config }: Connection): [string, ...string[]] {
  const ssh = ['ssh', '-F', config] as const;
  return agent === undefined ? [...ssh] : ['env', `SSH_AUTH_SOCK=${agent}`, ...ssh];
}

/** Without jump hosts of its own, those of the user's configuration stay in force. */
function route({ jump }: Host): string[] {
  if (jump === undefined) return [];
  return ['-J', jump.length === 0 ? 'none' : jump.map(formatAuthority).join(',')];
}

function overMaster({ control }: Connection): [string, ...string[]] {
  return [
    '-F',
    '/dev/null',
    '-S',
    control,
    ...options({ ControlMaster: 'no', ProxyCommand: 'false', BatchMode: 'yes', RequestTTY: 'no', LogLevel: 'ERROR' }),
  ];
}

function options(values: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

function destination({ address, user, port }: Host): string[] {
  const login = user === undefined ? [] : ['-l', user];
  return [...login, ...(port === undefined ? [] : ['-p', String(port)]), '--', address];
}

function forwardSpec({ local, to }: LocalForward): string {
  const remote =
    to.kind === 'unix' ? escaped(to.path) : `${to.host.includes(':') ? `[${to.host}]` : to.host}:${to.port}`;
  return `${escaped(local)}:${remote}`;
}

/** ssh reads `\` and `:` of a forward as its own. */
function escaped(path: string): string {
  return path.replaceAll(/[\\:]/g, '\\$&');
}
