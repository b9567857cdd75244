import type { Skippable } from '../../support/require.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { NEEDS_ROOT, startVmFleet, type VmFleet, type VmFleetOptions } from './fleet.ts';

const toStderr = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * Gives a test a fleet of hosts with systemd, and takes it away. Where this machine cannot have one the test is skipped
 * with the reason, and with CI=true it fails.
 */
export async function withVmLab(
  t: Skippable,
  options: Omit<VmFleetOptions, 'folder'>,
  use: (fleet: VmFleet) => Promise<void>,
): Promise<void> {
  if (!requireVmLab(t)) return;
  await using folder = temporaryFolder('slipway-vm-');
  const fleet = await startVmFleet({ say: toStderr, ...options, folder: folder.at('lab') });
  try {
    await use(fleet);
  } finally {
    await fleet.stop();
  }
}

export function requireVmLab(t: Skippable): boolean {
  if (process.getuid?.() === 0) return true;
  if (process.env.CI === 'true') throw new Error(NEEDS_ROOT);
  t.skip(NEEDS_ROOT);
  return false;
}
