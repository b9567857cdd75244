import { spawnSync } from 'node:child_process';
import { findProgram } from '../support/require.ts';

/** A program that the lab starts, and the Debian package that brings it. */
interface Part {
  readonly program: string;
  readonly package: string;
}

const PARTS: readonly Part[] = [
  { program: 'git', package: 'git' },
  { program: 'ssh', package: 'openssh-client' },
  { program: 'sshd', package: 'openssh-server' },
  { program: 'haproxy', package: 'haproxy' },
];

export function missingPackages(): readonly string[] {
  return PARTS.filter((part) => find(part.program) === undefined).map((part) => part.package);
}

/**
 * Installs what is missing with apt-get, as root or by `sudo -n`. Where neither is allowed, throws an error with the
 * line to run.
 */
export function ensureParts(say: (line: string) => void): void {
  const missing = missingPackages();
  if (missing.length === 0) return;
  const byHand = installLine(missing);
  const asRoot = rootPrefix();
  if (asRoot === undefined || find('apt-get') === undefined) {
    throw new Error(`The lab needs ${missing.join(', ')}. Install what is missing, then start again:\n  ${byHand}`);
  }
  say(`Installing ${missing.join(', ')} with apt-get.`);
  aptGet(asRoot, ['update'], byHand);
  aptGet(asRoot, ['install', '-y', '--no-install-recommends', ...missing], byHand);
  const still = missingPackages();
  if (still.length > 0) throw new Error(`apt-get succeeded, yet the programs of ${still.join(', ')} are not there.`);
}

function installLine(packages: readonly string[]): string {
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  return `${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

/** What makes a command run as root: nothing, `sudo -n`, or undefined when neither works. */
function rootPrefix(): readonly string[] | undefined {
  if (process.getuid?.() === 0) return [];
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined;
}

function aptGet(asRoot: readonly string[], args: readonly string[], byHand: string): void {
  const argv = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', ...args];
  const [program = 'env', ...rest] = argv;
  const { status, stdout, stderr } = spawnSync(program, rest, { encoding: 'utf8' });
  if (status === 0) return;
  const lastLines = `${stdout}${stderr}`.trimEnd().split('\n').slice(-10).join('\n');
  throw new Error(`apt-get ${args[0]} failed:\n${lastLines}\nInstall by hand, then start again:\n  ${byHand}`);
}

function find(program: string): string | undefined {
  return findProgram(program, process.env.PATH);
}
