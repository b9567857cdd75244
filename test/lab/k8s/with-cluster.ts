import type { Skippable } from '../../support/require.ts';
import { temporaryFolder } from '../../support/temp.ts';
import type { Cluster } from './cluster.ts';
import { givenKubeconfig, useGivenCluster } from './given-cluster.ts';
import { describeLab, keptFolder, readNote } from './kept-lab.ts';
import { type LabOptions, NEEDS_ROOT, startLab, whyBusy } from './lab.ts';

const toStderr = (line: string): void => void process.stderr.write(`${line}\n`);

/** The user's own cluster for tests, else the lab's that is up already, else one of the lab's for this process. */
export async function startCluster({ say = toStderr, ...options }: LabOptions): Promise<Cluster> {
  const given = await givenKubeconfig();
  if (given !== undefined) return await useGivenCluster(given, say);
  const note = readNote(keptFolder());
  if (note !== undefined) return describeLab(keptFolder(), note, () => Promise.resolve());
  return await startLab({ say, ...options });
}

/**
 * Gives a test a cluster, and takes it away. Where this machine cannot have one the test is skipped with the reason,
 * and with CI=true it fails.
 */
export async function withCluster(t: Skippable, use: (cluster: Cluster) => Promise<void>): Promise<void> {
  if (!(await requireCluster(t))) return;
  await using folder = temporaryFolder('slipway-k8s-');
  const cluster = await startCluster({ folder: folder.at('cluster') });
  try {
    await use(cluster);
  } finally {
    await cluster.stop();
  }
}

/** Whether there can be a cluster; where not, the test is skipped, and with CI=true an error says why. */
export async function requireCluster(t: Skippable): Promise<boolean> {
  if ((await givenKubeconfig()) !== undefined || readNote(keptFolder()) !== undefined) return true;
  return requireLab(t);
}

/** The same for a cluster of the lab that this process starts. */
export function requireLab(t: Skippable): boolean {
  const reason = process.getuid?.() === 0 ? whyBusy() : `${NEEDS_ROOT} Or: export SLIPWAY_TEST_KUBECONFIG=...`;
  if (reason === undefined) return true;
  if (process.env.CI === 'true') throw new Error(reason);
  t.skip(reason);
  return false;
}
