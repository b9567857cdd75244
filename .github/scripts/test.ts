// Runs node:test on the TypeScript as it is. Arguments are passed on: file patterns or --test-name-pattern=...
import { spawnSync } from 'node:child_process';

interface Lane {
  readonly patterns: readonly string[];
  readonly atOnce: number;
}

const given = process.argv.slice(2);
const patterns = given.filter((argument) => !argument.startsWith('-'));
const flags = given.filter((argument) => argument.startsWith('-'));

// What measures lost requests and time-outs on real parts has the machine for itself.
const lanes: readonly Lane[] =
  patterns.length > 0
    ? [{ patterns, atOnce: 1 }]
    : [
        { patterns: ['test/{unit,contract,dist}/**/*.test.ts'], atOnce: 2 },
        { patterns: ['test/e2e/**/*.test.ts'], atOnce: 1 },
      ];

const failed = lanes.filter((lane) => runLane(lane) !== 0);
process.exit(failed.length === 0 ? 0 : 1);

function runLane({ patterns: files, atOnce }: Lane): number {
  const own = ['--conditions=@slipway/source', '--test', `--test-concurrency=${atOnce}`];
  return spawnSync(process.execPath, [...own, ...flags, ...files], { stdio: 'inherit' }).status ?? 1;
}
