import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '@slipway/kernel/errors';
import { loadAverage } from '../bench/figure.ts';
import { startCluster } from '../lab/k8s/with-cluster.ts';
import { traffic } from './play.ts';
import { renderTraffic } from './result.ts';

const USAGE = `npm run test:traffic:k8s -- [options]
  --requests N  at least so many while releases come and go (default 50000); the controls come on top
  --json        print the result as one JSON object in the last line
  --help        this text
The cluster of "npm run lab:k8s -- up" is used when it is up, else one is started and ended.`;

const LATE_MS = 1_000;

try {
  const { values } = parseArgs({
    options: {
      requests: { type: 'string', default: '50000' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  const requests = Number(values.requests);
  if (!Number.isInteger(requests) || requests < 1) {
    throw new Error(`--requests must be a whole number above 0, not "${values.requests}".\n${USAGE}`);
  }
  if (values.help === true) print(USAGE);
  else process.exitCode = await prove(requests, values.json);
} catch (thrown) {
  process.stderr.write(`${messageOf(thrown)}\n`);
  process.exitCode = 1;
}

async function prove(requests: number, json: boolean): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-traffic-'));
  const cluster = await startCluster({ folder: join(folder, 'cluster'), say: print });
  try {
    const result = await traffic({ cluster, requests, lateMs: LATE_MS, say: print });
    print(`\n${renderTraffic(result, loadAverage())}`);
    for (const problem of result.problems) print(`FAILED: ${problem}`);
    if (json) print(JSON.stringify(result));
    return result.problems.length === 0 ? 0 : 1;
  } finally {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
