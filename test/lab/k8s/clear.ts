import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcessesBelow } from '../processes.ts';
import { nodeCgroups, removeCgroups } from './cgroups.ts';
import { clusterLock } from './kept-lab.ts';
import { ifFree } from './lock.ts';
import { cutCable } from './network.ts';

const END_MS = 20_000;

/**
 * Ends a cluster, also one that another process started, and removes its folder. Its processes, mounts, links, routes
 * and rules live in namespaces that end with it; throws when anything is left on this machine all the same.
 */
export async function clearCluster(folder: string): Promise<void> {
  const alive = await endProcessesBelow(folder, END_MS);
  const left = alive.map(({ pid, command }) => `process ${pid}: ${command}`);
  left.push(
    ...readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .filter((line) => line.includes(folder)),
  );
  // who holds the lock has a cluster already, and took over what clusters share
  await ifFree(clusterLock(), async () => {
    await cutCable();
    left.push(...(await remainingCgroups()));
  });
  if (left.length > 0) throw new Error(`The cluster in ${folder} left something behind:\n  ${left.join('\n  ')}`);
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** A cgroup is busy until the kernel has buried its last process. */
async function remainingCgroups(): Promise<readonly string[]> {
  const deadline = performance.now() + END_MS;
  for (;;) {
    try {
      removeCgroups();
      return [];
    } catch (cause) {
      if (performance.now() > deadline) return [String(cause), ...nodeCgroups()];
    }
    await sleep(20);
  }
}
