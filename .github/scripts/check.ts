// Format, lint, types: the three judges of the source, one after the other.
import { spawnSync } from 'node:child_process';

const judges = [
  ['biome', 'check', '--error-on-warnings', '.'],
  ['tsc', '-b'],
  ['oxlint', '--type-aware', '--deny-warnings'],
] as const;

for (const [program, ...args] of judges) {
  const { status } = spawnSync(program, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
