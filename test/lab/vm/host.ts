import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Argv } from '@slipway/effects/exec';
import { type KeyPair, makeKey } from '../../support/sshd.ts';
import { type RunOptions, run } from '../k8s/command.ts';
import { enter, type Machine } from '../k8s/machine.ts';
import type { Container, Engine } from './engine.ts';

/** Who logs in to the hosts: an ordinary user, by a key, without rights. */
export const USER = 'deploy';
/** The folder on the hosts that belongs to that user. */
const ROOT = '/opt/slipway';
const BOOT_MS = 120_000;

/** How one host differs from the others. */
export interface HostTraits {
  /** The login shell of `deploy`, as Debian names it: `/usr/bin/fish`. */
  readonly shell?: string;
  /** `/bin/sh` and the tools that scripts use are those of BusyBox. */
  readonly busybox?: boolean;
  /** Services of `deploy` live without a session, as after `loginctl enable-linger`. */
  readonly linger?: boolean;
}

/** A host with systemd as its first process, sshd as Debian ships it, and a host key of its own. */
export interface VmHost {
  readonly name: string;
  readonly address: string;
  readonly port: 22;
  readonly user: typeof USER;
  /** The line for known_hosts. */
  readonly knownHosts: string;
  /** Its /opt/slipway, as this machine sees it. */
  readonly root: string;
  /** What a command on it prints, as its administrator runs it; throws when it fails. */
  asRoot(argv: Argv, options?: RunOptions): Promise<string>;
  /** The same as `deploy`, without any session. */
  asUser(argv: Argv, options?: RunOptions): Promise<string>;
}

export interface HostPlan {
  readonly name: string;
  /** A folder of its own on this machine. */
  readonly folder: string;
  readonly clientKey: KeyPair;
  /** For lab-boot. */
  readonly boot: readonly string[];
  readonly mounts?: Readonly<Record<string, string>>;
}

/** Resolves once it has booted and lets people log in. */
export async function startHost(plan: HostPlan, lab: Machine, engine: Engine): Promise<VmHost> {
  const { name, folder, boot } = plan;
  await mkdir(folder, { recursive: true });
  const key = join(folder, 'host_key');
  const { publicKey } = await makeKey(key);
  const authorized = join(folder, 'authorized_keys');
  await writeFile(authorized, `${plan.clientKey.publicKey}\n`);
  const container = await engine.start({
    name,
    boot,
    mounts: {
      ...plan.mounts,
      '/etc/ssh/ssh_host_ed25519_key': key,
      '/home/deploy/.ssh/authorized_keys': authorized,
    },
  });
  const host = describeHost(lab, container, publicKey);
  await untilBooted(host);
  return host;
}

/** A host that runs, as tests see it. */
export function describeHost(lab: Machine, { name, address, pid }: Container, publicKey: string): VmHost {
  // its systemd has this number only in the lab's namespace
  const inside = (argv: Argv): Argv => enter(lab, ['nsenter', `--target=${pid}`, '--all', '--', ...argv]);
  return {
    name,
    address,
    port: 22,
    user: USER,
    knownHosts: `${address} ${publicKey}`,
    root: `/proc/${lab.pid}/root/proc/${pid}/root${ROOT}`,
    asRoot: (argv, options) => run(inside(argv), options),
    asUser: (argv, options) =>
      run(inside(['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--init-groups', ...argv]), options),
  };
}

/** Not before systemd calls it up may anybody log in. */
async function untilBooted(host: VmHost): Promise<void> {
  const deadline = performance.now() + BOOT_MS;
  let last = '';
  while (performance.now() < deadline) {
    const timeoutMs = deadline - performance.now();
    last = await host.asRoot(['systemctl', 'is-system-running', '--wait'], { timeoutMs }).catch(String);
    if (/^running$/m.test(last) && (await speaksSsh(host.address))) return;
    if (/^degraded$/m.test(last)) {
      const failed = await host.asRoot(['systemctl', '--failed', '--no-legend', '--plain']);
      throw new Error(`${host.name} booted, but some of its units failed:\n${failed}`);
    }
    await sleep(100);
  }
  throw new Error(`${host.name} did not boot within ${BOOT_MS / 1_000} s: ${last}`);
}

function speaksSsh(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22, timeout: 2_000 });
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('data', end(true)).on('error', end(false)).on('timeout', end(false)).on('close', end(false));
  });
}
