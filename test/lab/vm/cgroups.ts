import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hierarchies, removeTree } from '../k8s/cgroups.ts';

const END_MS = 10_000;

/** The cgroup above those of a lab's hosts, in every hierarchy: what systemd makes in it would outlive the lab. */
export function labCgroup(link: string): string {
  return `/slipway-lab-${link}`;
}

/** A cgroup is busy until the kernel has buried its last process. */
export async function removeLabCgroups(link: string): Promise<void> {
  const deadline = performance.now() + END_MS;
  for (;;) {
    const left = hierarchies()
      .map((root) => join(root, labCgroup(link)))
      .filter(existsSync);
    if (left.length === 0) return;
    try {
      for (const folder of left) removeTree(folder);
    } catch (cause) {
      if (performance.now() > deadline) throw cause;
    }
    await sleep(20);
  }
}
