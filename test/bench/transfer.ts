import { formatRelease } from '@slipway/kernel/release';
import { guardLab } from '../lab/guard.ts';
import { ensureParts } from '../lab/parts.ts';
import { peakMemory } from '../support/peak-memory.ts';
import { proxiedFleet } from '../support/proxied-fleet.ts';
import { startVmLab, type VmLab } from '../support/vm-lab.ts';
import { components } from './components.ts';
import type { Bench, Figure } from './figure.ts';

const HOSTS = 20;
const MB = 1_000_000;
const RELEASE_BYTES = 200 * MB;
const MEMORY_LIMIT = 150 * MB;
/** ssh's own, the scripts and the heartbeats. */
const OVERHEAD = 1.02;

/** A large release to many hosts: what the action needs of the runner's memory, and how often each byte leaves it. */
export const transfer: Bench = {
  name: 'transfer',
  measure: async (say) => {
    ensureParts(say);
    const lab = await startVmLab({ hosts: HOSTS, code: 'dist', network: '127.0.46' });
    guardLab(() => lab.fleet.stop());
    try {
      return await measureLab(lab, say);
    } finally {
      await lab.fleet.stop();
    }
  },
};

async function measureLab(lab: VmLab, say: (line: string) => void): Promise<readonly Figure[]> {
  await using proxied = await proxiedFleet(lab.fleet);
  const release = await lab.release('large', { ballast: RELEASE_BYTES });
  const { job, pid, step } = lab.start('deploy-vm', { ...proxied.inputs, release: formatRelease(release) });
  await using _ = job;
  const memory = await peakMemory(pid, step);
  const result = await step;
  if (result.outputs.outcome !== 'deployed') throw new Error(`expected deployed, the step's log is:\n${result.log}`);
  say(components(result));
  const sent = proxied.proxies.map((proxy) => proxy.taken() / release.size);
  return [
    {
      what: `memory of the action, ${HOSTS} hosts, ${RELEASE_BYTES / MB} MB`,
      target: `<= ${MEMORY_LIMIT / MB} MB`,
      measured: `${(memory / MB).toFixed(0)} MB`,
      met: memory <= MEMORY_LIMIT,
    },
    {
      what: 'bytes that left the runner for each host, per byte of the release',
      target: `1.00 to ${OVERHEAD}`,
      measured: `${Math.min(...sent).toFixed(3)} to ${Math.max(...sent).toFixed(3)}`,
      met: sent.every((share) => share >= 1 && share <= OVERHEAD),
    },
    {
      what: `that deployment, whole action`,
      target: 'told',
      measured: `${(result.ms / 1_000).toFixed(0)} s`,
      met: true,
    },
  ];
}
