import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../k8s/command.ts';
import { startDaemon, until } from '../k8s/daemon.ts';
import { enter } from '../k8s/machine.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { SWITCH } from './network.ts';

const SCRIPT = fileURLToPath(new URL('namespaces.sh', import.meta.url));

/** Hosts of the same image where no container engine can run: namespaces and an overlay, made by hand. */
export async function startNamespaces({ lab, folder, image, cgroup, network }: EngineOptions): Promise<Engine> {
  const base = join(folder, 'base');
  await mkdir(base, { recursive: true, mode: 0o755 });
  await run(['tar', '-C', base, '--numeric-owner', '-xpf', image]);
  let last = 1;
  return {
    async start({ name, boot, mounts }) {
      last += 1;
      const address = `${network.prefix}.${last}`;
      const pairs = Object.entries(mounts).map(([inside, outside]) => `${inside}=${outside}`);
      const own = join(folder, name);
      await mkdir(own, { recursive: true });
      const place = [name, own, base, address, `${network.prefix}.1`, SWITCH, cgroup];
      const daemon = startDaemon(name, enter(lab, ['sh', SCRIPT, ...place, ...pairs, '--', ...boot]), folder);
      await until(`${name} has a first process`, [daemon], () => firstProcess(daemon.pid) !== undefined);
      return { name, address, pid: firstProcess(daemon.pid) ?? 0 };
    },
  };
}

/** The systemd below a process of ours, by its number in the lab's machine. */
function firstProcess(pid: number): number | undefined {
  const read = (file: string): string => readFileSync(`/proc/${pid}/${file}`, 'utf8');
  try {
    const numbers = /^NSpid:\s+(.*)$/m.exec(read('status'))?.[1]?.split('\t') ?? [];
    // ours, the lab's, and its own
    if (numbers.length === 3 && read('comm') === 'systemd\n') return Number(numbers[1]);
    const [child] = read(`task/${pid}/children`).trim().split(' ');
    return child ? firstProcess(Number(child)) : undefined;
  } catch {
    // it has become another one meanwhile
    return undefined;
  }
}
