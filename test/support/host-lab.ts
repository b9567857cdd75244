import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import { makeStaticShop } from '../lab/vm/app.ts';
import { startVmFleet, type VmFleet, type VmFleetOptions } from '../lab/vm/fleet.ts';
import { requireVmLab } from '../lab/vm/with-lab.ts';
import { labOn, type VmLab } from './vm-lab.ts';

/** A lab whose hosts have systemd, and are reached as the ordinary user `deploy`. */
export type HostLab = VmLab<VmFleet>;

/**
 * The one that the tests of a file share: started by the first that asks for it, and ended after the last. The
 * administrator of its hosts does beforehand what `prepare` says.
 */
export function sharedHostLab(
  options: Omit<VmFleetOptions, 'folder'>,
  prepare: (fleet: VmFleet) => Promise<void> = async () => {},
): (t: TestContext) => Promise<HostLab | undefined> {
  let starting: Promise<HostLab> | undefined;
  let fleet: VmFleet | undefined;
  after(() => fleet?.stop());
  return async (t) => {
    if (!requireVmLab(t)) return undefined;
    const say = (line: string): void => t.diagnostic(line);
    starting ??= (async () => {
      fleet = await startVmFleet({ say, ...options, folder: mkdtempSync(join(tmpdir(), 'slipway-vm-')) });
      await prepare(fleet);
      return labOn(fleet, (folder, version) => makeStaticShop(folder, version, say), { code: 'dist' });
    })();
    return await starting;
  };
}

/** The lines that the error prints for a host's administrator, as they are copied from a log. */
export function setupFor(log: string, host: string): string {
  const lines = log.split('\n');
  const begin = lines.findIndex((line) => line.includes(`once on ${host}, as root:`));
  const end = lines.findIndex((line, index) => index > begin && line.trimStart().startsWith('visudo'));
  return `${lines.slice(begin + 1, end + 1).join('\n')}\n`;
}
