import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { buildPrograms } from './build.ts';
import { makeCertificates } from './certificates.ts';
import { clearCluster } from './clear.ts';
import type { Cluster } from './cluster.ts';
import { furnish } from './furnish.ts';
import { clusterLock, describeLab, keptFolder, noteLab, readNote } from './kept-lab.ts';
import { ifFree } from './lock.ts';
import { startMachine } from './machine.ts';
import { ensureClusterParts } from './parts.ts';

export interface LabOptions {
  /** Everything of the cluster lies here; not below /run, /var/lib or /var/log, which nodes have of their own. */
  readonly folder: string;
  /** Default 2, at most 9. */
  readonly nodes?: number;
  /** Live on when this process ends; default: end with it, however it ends. */
  readonly outlive?: boolean;
  readonly say?: (line: string) => void;
}

export const NEEDS_ROOT =
  'A cluster of the lab needs root, since its nodes are namespaces with mounts and links of their own.';
const IS_UP =
  'The cluster of "npm run lab:k8s -- up" is up, and a machine has room for one. End it: npm run lab:k8s -- down';

/**
 * A real cluster in namespaces of its own, as root: control plane, nodes, registry, Traefik. Its nodes are Ready and
 * the first images are there when this resolves. One at a time on a machine: the next one waits.
 */
export async function startLab(options: LabOptions): Promise<Cluster> {
  const { nodes = 2, outlive = false, say = () => {} } = options;
  const folder = placeFor(options.folder);
  if (process.getuid?.() !== 0) throw new Error(NEEDS_ROOT);
  const busy = whyBusy();
  if (busy !== undefined) throw new Error(busy);
  ensureClusterParts(say);
  const programs = await buildPrograms(say);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const lock = clusterLock();
    if (!(await ifFree(lock, async () => {}))) say('Another cluster of the lab is up; waiting until it is gone.');
    const lab = await startMachine({ name: 'lab', pause: programs.pause, folder, lock, outlive });
    const names = Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
    const certificates = await makeCertificates(join(folder, 'certificates'), names);
    const machines = await furnish({ lab, folder, programs, certificates }, nodes);
    const note = { lab, nodes: machines.map(({ machine }) => machine), programs };
    await noteLab(folder, note);
    return describeLab(folder, note, () => clearCluster(folder));
  } catch (cause) {
    await clearCluster(folder);
    throw cause;
  }
}

/** Nobody shall wait for a cluster that goes only by hand. */
export function whyBusy(): string | undefined {
  return readNote(keptFolder()) === undefined ? undefined : IS_UP;
}

const TAKEN = ['/run', '/var/run', '/var/lib', '/var/log'];

function placeFor(given: string): string {
  const folder = resolve(given);
  const taken = TAKEN.find((place) => folder.startsWith(`${place}/`));
  if (taken === undefined) return folder;
  throw new Error(
    `The cluster cannot lie in ${folder}, since its nodes have a ${taken} of their own; take another one.`,
  );
}
