import { systemExec } from '@slipway/effects/exec-real';
import type { TestHost } from './vm-host.ts';

/** Mounts a disk of this size where a host keeps everything; false, and the test is skipped, where that is not allowed. */
export async function smallDisk(t: { skip(reason: string): void }, host: TestHost, size: string): Promise<boolean> {
  const argv = ['mount', '-t', 'tmpfs', '-o', `size=${size}`, 'none', host.folder.at('root')] as const;
  const { code, stderr } = await systemExec.run({ argv: [...argv] });
  if (code === 0) return true;
  const reason = `no small disk can be mounted here (root only): ${stderr.trim()}`;
  if (process.env.CI === 'true' && process.getuid?.() === 0) throw new Error(reason);
  t.skip(reason);
  return false;
}
