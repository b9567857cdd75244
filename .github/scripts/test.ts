// Runs node:test on the TypeScript as it is. Arguments are passed on: file patterns or --test-name-pattern=...
import { spawnSync } from 'node:child_process';

const given = process.argv.slice(2);
const patterns = given.filter((argument) => !argument.startsWith('-'));
const flags = given.filter((argument) => argument.startsWith('-'));
const { status } = spawnSync(
  process.execPath,
  [
    '--conditions=@slipway/source',
    '--test',
    '--test-concurrency=2',
    ...flags,
    ...(patterns.length > 0 ? patterns : ['test/{unit,contract,dist,e2e}/**/*.test.ts']),
  ],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
