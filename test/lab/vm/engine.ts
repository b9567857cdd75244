import { join } from 'node:path';
import type { Argv } from '@slipway/effects/exec';
import { systemExec } from '@slipway/effects/exec-real';
import { run } from '../k8s/command.ts';
import { startDaemon, until } from '../k8s/daemon.ts';
import { enter, type Machine } from '../k8s/machine.ts';
import { type LabNetwork, SWITCH } from './network.ts';

const IMAGE = 'slipway-lab/host';

export interface ContainerSpec {
  readonly name: string;
  /** For lab-boot. */
  readonly boot: readonly string[];
  /** Files and folders of this machine that it sees, by their path in it. */
  readonly mounts: Readonly<Record<string, string>>;
}

/** A host that is booting, or has. */
export interface Container {
  readonly name: string;
  readonly address: string;
  /** Of its systemd, as the lab's machine sees it. */
  readonly pid: number;
}

export interface Engine {
  /** Runs a container; systemd is its first process. */
  start(spec: ContainerSpec): Promise<Container>;
}

export interface EngineOptions {
  readonly lab: Machine;
  /** Everything of the engine lies here. */
  readonly folder: string;
  /** The tar of the hosts' root file system. */
  readonly image: string;
  /** The cgroup above those of the containers. */
  readonly cgroup: string;
  readonly network: LabNetwork;
}

/** A docker engine in the lab's machine, which ends with it; the image is taken in when this resolves. */
export async function startDocker({ lab, folder, image, cgroup }: EngineOptions): Promise<Engine> {
  const at = (name: string): string => join(folder, name);
  const address = `unix://${at('docker.sock')}`;
  const argv: Argv = [
    'dockerd',
    `--host=${address}`,
    `--data-root=${at('data')}`,
    `--exec-root=${at('exec')}`,
    `--pidfile=${at('docker.pid')}`,
    `--bridge=${SWITCH}`,
    `--cgroup-parent=${cgroup}`,
    '--exec-opt=native.cgroupdriver=cgroupfs',
    '--iptables=false',
    '--ip-forward=false',
    '--ip-masq=false',
    '--userland-proxy=false',
  ];
  const daemon = startDaemon('dockerd', enter(lab, argv), folder);
  const docker = (...args: readonly string[]): Argv => ['docker', `--host=${address}`, ...args];
  await until('dockerd answers', [daemon], async () => (await systemExec.run({ argv: docker('version') })).code === 0);
  await run(docker('import', image, IMAGE));
  return {
    async start(spec) {
      await run(docker('run', ...containerArgs(spec)));
      const format = '{{.State.Pid}} {{.NetworkSettings.IPAddress}}';
      const [pid, ip = ''] = (await run(docker('inspect', '--format', format, spec.name))).trim().split(' ');
      return { name: spec.name, address: ip, pid: Number(pid) };
    },
  };
}

/**
 * What systemd needs to be the first process of a container: its own /run, and the cgroups, seen as they are, so that
 * it finds the place which the engine gave it, under version 1 and 2 alike.
 */
function containerArgs({ name, boot, mounts }: ContainerSpec): readonly string[] {
  const volumes = Object.entries({ '/sys/fs/cgroup': '/sys/fs/cgroup', ...mounts });
  return [
    '--detach',
    `--name=${name}`,
    `--hostname=${name}`,
    '--cgroupns=host',
    '--cap-add=SYS_ADMIN',
    '--security-opt=seccomp=unconfined',
    '--security-opt=apparmor=unconfined',
    '--stop-signal=SIGRTMIN+3',
    '--env=container=docker',
    ...['/run', '/run/lock', '/tmp'].map((path) => `--tmpfs=${path}:exec`),
    ...volumes.map(([inside, outside]) => `--volume=${outside}:${inside}`),
    IMAGE,
    '/usr/local/sbin/lab-boot',
    ...boot,
  ];
}
