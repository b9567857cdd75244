import { randomInt } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { humanSeconds } from '@slipway/kernel/duration';
import { startCluster } from '../lab/k8s/with-cluster.ts';
import { type Matrix, problemsOf, runMatrix } from './matrix.ts';

const USAGE = `npm run test:crash:k8s -- [options]
  --sample N   N writes of each kind and moment instead of all
  --seeds A,B  of the faults, one history of four runs each; default: 5 by chance
  --help       this text
The cluster of "npm run lab:k8s -- up" is used when it is up, else one is started and ended.`;

const { values } = parseArgs({
  options: { sample: { type: 'string' }, seeds: { type: 'string' }, help: { type: 'boolean' } },
});
if (values.help === true) print(USAGE);
else process.exitCode = await main(values.sample, values.seeds);

async function main(sample: string | undefined, given: string | undefined): Promise<number> {
  const seeds = given?.split(',').map(Number) ?? Array.from({ length: 5 }, () => randomInt(1_000_000));
  const folder = mkdtempSync(join(tmpdir(), 'slipway-crash-'));
  const began = performance.now();
  print(`seeds ${seeds.join(',')}`);
  const cluster = await startCluster({ folder: join(folder, 'cluster'), say: print });
  try {
    const matrix = await runMatrix(cluster, {
      seeds,
      say: print,
      ...(sample === undefined ? {} : { sample: Number(sample) }),
    });
    const problems = problemsOf(matrix);
    for (const problem of problems) print(`BROKEN ${problem}`);
    print(closing(matrix, problems.length, seeds, performance.now() - began));
    return problems.length === 0 ? 0 : 1;
  } finally {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function closing({ kills, faulty, calls, faults }: Matrix, broken: number, seeds: readonly number[], ms: number) {
  const load = loadavg().map((each) => each.toFixed(1));
  return [
    `${kills.length} kills, ${(faulty.length - 1) * 4} faulty runs (${faults} of ${calls} calls)`,
    `${broken} broken`,
    `seeds ${seeds.join(',')}`,
    humanSeconds(ms),
    `load average ${load.join(' ')}`,
  ].join('; ');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
