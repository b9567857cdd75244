import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Argv, guarded } from '@slipway/effects/exec';
import { systemExec } from '@slipway/effects/exec-real';
import { freePort } from './free-port.ts';
import { findProgram } from './require.ts';

export interface SshdOptions {
  /** A loopback address of the caller's own range. */
  readonly address: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Holds keys, configuration and log; keys that lie there from an earlier start are used again. */
  readonly folder: string;
  /** Environment of every session, over what sshd sets itself (HOME, PATH, ...). */
  readonly env?: Readonly<Record<string, string>>;
  /** Who may log in, where many servers share one key; default: a key of this server's own. */
  readonly clientKey?: KeyPair;
  /** More lines of sshd_config; the first of two equal keywords wins, and these come first. */
  readonly config?: readonly string[];
  /** The network namespace that it lives in; default: ours. */
  readonly netns?: string;
  /** Live on after our process ended; default: end with it, however it ends. */
  readonly outlive?: boolean;
}

export interface KeyPair {
  readonly privateKey: string;
  /** As it stands in authorized_keys. */
  readonly publicKey: string;
}

export interface RunningSshd {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** The line for known_hosts. */
  readonly knownHosts: string;
  /** Logs in as the current user. */
  readonly privateKey: string;
  readonly pid: number;
  /** All that it logged so far. */
  log(): string;
  /** How many TCP connections it accepted so far. */
  connections(): number;
  /** Ends the server and its sessions; what the sessions started may live on. */
  stop(): Promise<void>;
}

/** A real sshd as the current user, strict about keys, with a host key of its own. Listens when this resolves. */
export async function startSshd(options: SshdOptions): Promise<RunningSshd> {
  const { address, folder } = options;
  const at = (name: string): string => join(folder, name);
  await mkdir(folder, { recursive: true });
  const port = options.port ?? (await freePort(address));
  const hostKey = await makeKey(at('host_key'));
  const clientKey = options.clientKey ?? (await makeKey(at('client_key')));
  await writeFile(at('authorized_keys'), clientKey.publicKey);
  await writeFile(at('sshd_config'), sshdConfig(options, port));
  await rm(at('sshd.pid'), { force: true });
  // Demanded by sshd when it runs as root; packages leave it to their service to create.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const server: Argv = [sshdPath(), '-D', '-f', at('sshd_config'), '-E', at('sshd.log')];
  const argv: Argv = options.netns === undefined ? server : ['ip', 'netns', 'exec', options.netns, ...server];
  const child = systemExec.start({ argv: options.outlive === true ? argv : guarded(argv) });
  const log = (): string => (existsSync(at('sshd.log')) ? readFileSync(at('sshd.log'), 'utf8') : '');
  const pid = await whenListening(at('sshd.pid'), child.finished, log);
  return {
    address,
    port,
    user: userInfo().username,
    knownHosts: `[${address}]:${port} ${hostKey.publicKey}`,
    privateKey: clientKey.privateKey,
    pid,
    log,
    connections: () => log().match(/^Connection from /gm)?.length ?? 0,
    async stop() {
      const sessions = childrenOf(pid);
      for (const each of [pid, ...sessions]) kill(each);
      await child.finished;
    },
  };
}

/** An ed25519 key without a passphrase; the one at `path` when there is one. */
export async function makeKey(path: string): Promise<KeyPair> {
  if (!existsSync(path)) {
    const argv: Argv = ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'slipway-test', '-f', path];
    const { code, stderr } = await systemExec.run({ argv });
    if (code !== 0) throw new Error(`ssh-keygen failed: ${stderr}`);
  }
  return { privateKey: await readFile(path, 'utf8'), publicKey: (await readFile(`${path}.pub`, 'utf8')).trimEnd() };
}

function sshdConfig(options: SshdOptions, port: number): string {
  const { address, folder } = options;
  const env = Object.entries(options.env ?? {}).map(([name, value]) => `"${name}=${value}"`);
  return [
    ...(options.config ?? []),
    `ListenAddress ${address}`,
    `Port ${port}`,
    `HostKey ${join(folder, 'host_key')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    `PidFile ${join(folder, 'sshd.pid')}`,
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'PrintMotd no',
    'LogLevel VERBOSE',
    ...(env.length === 0 ? [] : [`SetEnv ${env.join(' ')}`]),
    '',
  ].join('\n');
}

/** sshd starts itself again for each connection, so it insists on an absolute path. */
function sshdPath(): string {
  const found = findProgram('sshd', process.env.PATH);
  if (found === undefined) throw new Error('sshd is not on this machine: apt-get install openssh-server');
  return found;
}

/** The pid file is written after the socket listens. */
async function whenListening(pidFile: string, finished: Promise<unknown>, log: () => string): Promise<number> {
  const ended = finished.then(() => 'ended' as const);
  for (;;) {
    const text = existsSync(pidFile) ? readFileSync(pidFile, 'utf8') : '';
    if (text.endsWith('\n')) return Number(text);
    if ((await Promise.race([ended, sleep(10)])) === 'ended') throw new Error(`sshd did not start:\n${log()}`);
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It went by itself.
  }
}
