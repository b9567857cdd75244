import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findProgram } from '../support/require.ts';

/** A program that a lab starts, and the Debian package that brings it. */
export interface Part {
  /** Its name, or its full path where it is not on any PATH. */
  readonly program: string;
  readonly package: string;
}

const FLEET_PARTS: readonly Part[] = [
  { program: 'git', package: 'git' },
  { program: 'ssh', package: 'openssh-client' },
  { program: 'sshd', package: 'openssh-server' },
  { program: 'haproxy', package: 'haproxy' },
];

export function missingPackages(parts: readonly Part[] = FLEET_PARTS): readonly string[] {
  return parts.filter((part) => find(part.program) === undefined).map((part) => part.package);
}

/**
 * Installs what is missing with apt-get, as root or by `sudo -n`. Where neither is allowed, throws an error with the
 * line to run.
 */
export function ensureParts(say: (line: string) => void, parts: readonly Part[] = FLEET_PARTS): void {
  const missing = missingPackages(parts);
  if (missing.length === 0) return;
  const byHand = installLine(missing);
  const asRoot = rootPrefix();
  if (asRoot === undefined || find('apt-get') === undefined) {
    throw new Error(`The lab needs ${missing.join(', ')}. Install what is missing, then start again:\n  ${byHand}`);
  }
  say(`Installing ${missing.join(', ')} with apt-get.`);
  aptGet(asRoot, ['update'], byHand);
  withoutServices(asRoot, () => aptGet(asRoot, ['install', '-y', '--no-install-recommends', ...missing], byHand));
  const still = missingPackages(parts);
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

const POLICY = '/usr/sbin/policy-rc.d';

/** Packages would start their services; the labs start their own. A policy that is there already is left alone. */
function withoutServices(asRoot: readonly string[], install: () => void): void {
  if (existsSync(POLICY)) {
    install();
    return;
  }
  const root = (input: string, ...argv: readonly string[]): void => {
    const [program = 'env', ...args] = [...asRoot, ...argv];
    spawnSync(program, args, { input, stdio: ['pipe', 'ignore', 'inherit'] });
  };
  root('#!/bin/sh\nexit 101\n', 'tee', POLICY);
  root('', 'chmod', '755', POLICY);
  try {
    install();
  } finally {
    root('', 'rm', '-f', POLICY);
  }
}

function find(program: string): string | undefined {
  if (program.startsWith('/')) return existsSync(program) ? program : undefined;
  return findProgram(program, process.env.PATH);
}
