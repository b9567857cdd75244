import { parseArgs } from 'node:util';
import { messageOf } from '@slipway/kernel/errors';
import { bundleSize } from './bundles.ts';
import { coldStart } from './cold-start.ts';
import { demo } from './demo.ts';
import { type Bench, type Figure, loadAverage, renderFigures } from './figure.ts';
import { rollback } from './fleet.ts';
import { k8sOverhead } from './k8s-overhead.ts';
import { transfer } from './transfer.ts';

const BENCHES: readonly Bench[] = [bundleSize, coldStart, rollback, transfer, demo, k8sOverhead];

const say = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const wanted = BENCHES.filter(({ name }) => values.only === undefined || name === values.only);
  if (wanted.length === 0) throw new Error(`--only takes one of: ${BENCHES.map(({ name }) => name).join(', ')}`);
  const figures: Figure[] = [];
  for (const { name, measure } of wanted) {
    say(`${name} (load average ${loadAverage()})`);
    figures.push(...(await measure(say)));
  }
  say(`\n${renderFigures(figures)}\n\nload average ${loadAverage()}`);
  if (figures.some(({ met }) => !met)) process.exitCode = 1;
} catch (thrown) {
  process.stderr.write(`${messageOf(thrown)}\n`);
  process.exitCode = 1;
}
