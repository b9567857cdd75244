import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcessesBelow } from '../processes.ts';
import { nodeCgroups, removeCgroups } from './cgroups.ts';
import { cutCable } from './network.ts';

const END_MS = 20_000;

/**
 * Ends a cluster, also one that another process started, and removes its folder. Its processes, mounts, links, routes
 * and rules live in namespaces that end with it; throws when anything is left on this machine all the same.
 */
export async function clearCluster(folder: string): Promise<void> {
  const alive = await endProcessesBelow(folder, END_MS);
  if (alive.length === 0) await cutCable();
  const left = [...alive.map(({ pid, command }) => `process ${pid}: ${command}`), ...(await leftovers(folder))];
  if (left.length > 0) throw new Error(`The cluster in ${folder} left something behind:\n  ${left.join('\n  ')}`);
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** The kernel takes its time: a cgroup is busy until its last process is buried. */
async function leftovers(folder: string): Promise<readonly string[]> {
  const deadline = performance.now() + END_MS;
  for (;;) {
    const left = look(folder);
    if (left.length === 0 || performance.now() > deadline) return left;
    await sleep(20);
  }
}

function look(folder: string): readonly string[] {
  try {
    removeCgroups();
  } catch {
    // processes that end are in them for a moment
  }
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(folder));
  return [...nodeCgroups().map((path) => `cgroup ${path}`), ...mounts.map((line) => `mount ${line}`)];
}
