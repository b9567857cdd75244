import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPipeline, type Pipeline } from '../demo/pipeline.ts';
import { makeRepository } from '../demo/repository.ts';
import { clearLab } from '../lab/clear.ts';
import { guardLab } from '../lab/guard.ts';
import { ensureParts } from '../lab/parts.ts';
import { type Fleet, startFleet } from '../lab/ssh-fleet.ts';
import type { StepResult } from '../support/runner/step.ts';
import { components } from './components.ts';
import { type Bench, type Figure, median } from './figure.ts';

const HOSTS = 4;
const ROLLBACKS = 5;
const LIMIT_MS = 3_000;
const BATCHES = { batch: '2', 'min-available': '50%' } as const;
const RELEASES = [
  { tag: 'v1', broken: false },
  { tag: 'v2', broken: false },
] as const;

/** Four hosts, two at a time: connections of one deploy, and the time of a rollback to what still lies there. */
export const rollback: Bench = {
  name: 'rollback',
  measure: async (say) => {
    ensureParts(say);
    const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
    let clear = (): Promise<void> => clearLab(folder, { addresses: [], ports: [] });
    guardLab(() => clear());
    try {
      const fleet = await startFleet({ hosts: HOSTS, folder });
      clear = () => fleet.stop();
      return await measureFleet(fleet, createPipeline(fleet), say);
    } finally {
      await clear();
    }
  },
};

async function measureFleet(fleet: Fleet, pipeline: Pipeline, say: (line: string) => void): Promise<readonly Figure[]> {
  const repository = await makeRepository(join(fleet.folder, 'shop.git'), RELEASES);
  const v1 = await pipeline.publish(repository, 'v1');
  const v2 = await pipeline.publish(repository, 'v2');
  expectOutcome(await pipeline.deploy(v1, BATCHES), 'deployed');
  const before = connections(fleet);
  expectOutcome(await pipeline.deploy(v2, BATCHES), 'deployed');
  const perHost = connections(fleet).map((count, index) => count - (before[index] ?? 0));

  const times: number[] = [];
  for (let run = 0; run < ROLLBACKS; run += 1) {
    if (run > 0) expectOutcome(await pipeline.deploy(v2, BATCHES), 'deployed');
    const step = await pipeline.rollBack(BATCHES);
    expectOutcome(step, 'rolled-back');
    times.push(step.ms);
    if (run === 0) say(components(step));
  }
  return [
    {
      what: 'connections per host for one deploy',
      target: '1',
      measured: perHost.join(' '),
      met: perHost.every((count) => count === 1),
    },
    {
      what: `rollback of ${HOSTS} hosts, batch 2, whole action`,
      target: '<= 3.0 s',
      measured: `${(median(times) / 1_000).toFixed(2)} s (${times.map((ms) => (ms / 1_000).toFixed(1)).join(' ')})`,
      met: median(times) <= LIMIT_MS,
    },
  ];
}

/** Members first, the balancer host last. */
function connections(fleet: Fleet): readonly number[] {
  return [...fleet.hosts, fleet.balancer].map(({ sshd }) => sshd.connections());
}

function expectOutcome(step: StepResult, outcome: string): void {
  if (step.outputs.outcome !== outcome) throw new Error(`expected ${outcome}, the step's log is:\n${step.log}`);
}
