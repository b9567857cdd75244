// The committed bundles are what the source builds: wipe, rebuild, and nothing may differ, new files included.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
const built = spawnSync(process.execPath, ['.github/scripts/build.ts'], { stdio: 'inherit' });
if (built.status !== 0) process.exit(built.status ?? 1);
const { stdout } = spawnSync('git', ['status', '--porcelain', '--', 'dist'], { encoding: 'utf8' });
if (stdout !== '') {
  process.stderr.write(`dist differs from what the source builds:\n${stdout}Run: npm run build, and commit dist.\n`);
  process.exit(1);
}
