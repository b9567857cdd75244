import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes the folder of a node in every hierarchy that is there, version 1 or 2. */
export function makeCgroups(name: string): void {
  for (const root of hierarchies()) {
    const folder = join(root, name);
    mkdirSync(folder, { recursive: true });
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      // a new cpuset of version 1 is empty, and takes no process
      if (existsSync(join(root, file))) copyFileSync(join(root, file), join(folder, file));
    }
    const control = join(root, 'cgroup.subtree_control');
    if (root === '/sys/fs/cgroup') writeFileSync(control, controllersOf(root));
  }
}

/** Removes the folders of every node; they are empty when nothing runs in them any more. */
export function removeCgroups(): void {
  for (const folder of nodeCgroups()) removeTree(folder);
}

/** The folders that nodes have, or left behind. */
export function nodeCgroups(): readonly string[] {
  return hierarchies().flatMap((root) =>
    readdirSync(root)
      .filter((name) => CGROUP.test(name))
      .map((name) => join(root, name)),
  );
}

export function cgroupOf(node: string): string {
  return `slipway-lab-${node}`;
}

const CGROUP = /^slipway-lab-n\d+$/;

/** Where each hierarchy of cgroups is mounted, version 1 or 2. */
export function hierarchies(): readonly string[] {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  return mounts
    .map((line) => line.split(' '))
    .flatMap(([, path = '', kind]) => (kind?.startsWith('cgroup') ? [path] : []));
}

function controllersOf(root: string): string {
  const names = readFileSync(join(root, 'cgroup.controllers'), 'utf8').trim().split(/\s+/);
  return names.map((name) => `+${name}`).join(' ');
}

/** Removes a cgroup with those below it, in which nothing runs any more. */
export function removeTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(folder, entry.name));
  }
  rmdirSync(folder);
}
