import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Argv, type Child, guarded } from '@slipway/effects/exec';
import { systemExec } from '@slipway/effects/exec-real';
import { isAlive } from './processes.ts';
import { findProgram } from './require.ts';

/** Longest path that the kernel takes for a unix socket, without its closing zero. */
const SOCKET_PATH_MAX = 107;

export interface HaproxyServer {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** In maintenance from the start, as an operator would have left it. */
  readonly state?: 'disabled';
  /** Default 1. */
  readonly weight?: number;
}

export interface HaproxyOptions {
  /** A private folder; the configuration and the admin socket are written there. */
  readonly folder: string;
  readonly bind: { readonly address: string; readonly port: number };
  readonly backend: string;
  /** A map that splits clients between this backend, which is blue then, and one named `<backend>_green`. */
  readonly slots?: { readonly map: string; readonly green: readonly HaproxyServer[] };
  readonly servers: readonly HaproxyServer[];
  /** Octal; default 600. */
  readonly socketMode?: string;
  /** Default: that of the user who starts it. */
  readonly socketGroup?: string;
  /** What the socket may do; default admin. */
  readonly level?: 'admin' | 'operator' | 'user';
  /** The path that the balancer itself checks each 100 ms; null = no check. Default `/healthz`. */
  readonly check?: string | null;
  /** How long an answer to that may take, as HAProxy writes times; default: the 100 ms until the next. */
  readonly checkTimeout?: string;
  /** The pid of one with the same configuration that this one takes over from, as a reload does. */
  readonly replaces?: number;
  /** Live on after our process ended; default: end with it, however it ends. */
  readonly outlive?: boolean;
}

export interface RunningHaproxy {
  readonly pid: number;
  /** The admin socket. */
  readonly socket: string;
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A real HAProxy as the current user, in the foreground, with nothing that could hide a lost request: no retries, no
 * redispatch. Ready when it resolves.
 */
export async function startHaproxy(options: HaproxyOptions): Promise<RunningHaproxy> {
  const socket = join(options.folder, 'admin.sock');
  if (Buffer.byteLength(`${socket}.12345.tmp`) > SOCKET_PATH_MAX) throw new Error(`too long for a socket: ${socket}`);
  const config = join(options.folder, 'haproxy.cfg');
  await mkdir(options.folder, { recursive: true });
  await writeFile(config, haproxyConfig(options, socket));
  const argv = haproxyArgv(config, options.replaces);
  const child = systemExec.start({ argv: options.outlive === true ? argv : guarded(argv) });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(String(chunk)));
  const pid = await whenReady(child, socket, output, options.replaces);
  return {
    pid,
    socket,
    url: `http://${options.bind.address}:${options.bind.port}`,
    async stop() {
      // The watchdog waits for it, so that nothing is left when it has ended.
      if (isAlive(pid)) process.kill(pid, 'SIGTERM');
      await child.finished;
    },
  };
}

export function haproxyConfig(options: HaproxyOptions, socket: string): string {
  const check = options.check === undefined ? '/healthz' : options.check;
  const group = options.socketGroup === undefined ? '' : `group ${options.socketGroup} `;
  return `global
  stats socket ${socket} ${group}mode ${options.socketMode ?? '600'} level ${options.level ?? 'admin'}
  stats timeout 10s
defaults
  mode http
  retries 0
  no option redispatch
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout queue 5s
${options.checkTimeout === undefined ? '' : `  timeout check ${options.checkTimeout}\n`}frontend fe
  bind ${options.bind.address}:${options.bind.port}
${slotLines(options)}  default_backend ${options.backend}
${backendLines(options.backend, check, options.servers)}${
  options.slots === undefined ? '' : backendLines(`${options.backend}_green`, check, options.slots.green)
}`;
}

/** Clients are told apart by their cookie, else by address and program. */
function slotLines({ slots, backend }: HaproxyOptions): string {
  if (slots === undefined) return '';
  return `  http-request set-var(txn.key) req.cook(slipway)
  http-request set-var-fmt(txn.key) "%[src]|%[req.hdr(user-agent)]" unless { req.cook(slipway) -m found }
  http-request set-var(txn.bucket) var(txn.key),xxh32,mod(10000)
  http-request set-var(txn.green) str(green),map_str(${slots.map},0)
  use_backend ${backend}_green if { var(txn.bucket),sub(txn.green) -m int lt 0 }
`;
}

function backendLines(name: string, check: string | null, servers: readonly HaproxyServer[]): string {
  return `backend ${name}\n  balance roundrobin\n${checkLines(check)}${servers.map(serverLine).join('')}`;
}

function checkLines(path: string | null): string {
  if (path === null) return '';
  return `  option httpchk GET ${path}\n  default-server check inter 100ms fall 2 rise 1\n`;
}

function serverLine({ name, address, port, weight = 1, state }: HaproxyServer): string {
  return `  server ${name} ${address}:${port} weight ${weight} ${state ?? ''}\n`;
}

function haproxyArgv(config: string, replaces: number | undefined): Argv {
  const program = findProgram('haproxy', process.env.PATH);
  if (program === undefined) throw new Error('haproxy is not on this machine: apt-get install -y haproxy');
  return [program, '-db', '-f', config, ...(replaces === undefined ? [] : ['-sf', String(replaces)])];
}

/** The pid, once the admin socket answers, and no longer for the one before it. */
async function whenReady(
  child: Child,
  socket: string,
  output: readonly string[],
  replaces: number | undefined,
): Promise<number> {
  const ended = child.finished.then(() => 'ended' as const);
  for (;;) {
    const pid = Number(/^Pid: (\d+)$/m.exec(await ask(socket, 'show info').catch(() => ''))?.[1]);
    if (pid > 0 && pid !== replaces) return pid;
    const state = await Promise.race([ended, sleep(20)]);
    if (state === 'ended') throw new Error(`haproxy did not start:\n${output.join('')}`);
  }
}

/** One command to the admin socket, and the whole answer. */
export function ask(socket: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = connect(socket, () => connection.end(`${command}\n`));
    let answer = '';
    connection.setEncoding('utf8').on('data', (text: string) => (answer += text));
    connection.on('end', () => resolve(answer)).on('error', reject);
  });
}
