import { createHash } from 'node:crypto';
import type { Exec } from '@slipway/effects/exec';
import { readTextIfThere } from '@slipway/effects/files';
import type { Problem } from '@slipway/kernel/errors';
import { type Connection, offeredKeyArgv } from './argv.ts';

export interface OfferedKey {
  readonly type: string;
  /** As `ssh-keygen -l` prints it: `SHA256:...`. */
  readonly fingerprint: string;
  /** For known_hosts, under the very name that ssh looks for. */
  readonly line: string;
}

/** Which key the host shows by the route that was just refused; undefined when it does not come to that. */
export async function offeredKey(
  exec: Exec,
  connection: Connection,
  file: string,
  connectTimeoutMs: number,
): Promise<OfferedKey | undefined> {
  await exec.run({ argv: offeredKeyArgv(connection, file, connectTimeoutMs), timeoutMs: 2 * connectTimeoutMs });
  return parseOfferedKey((await readTextIfThere(file)) ?? '');
}

export function parseOfferedKey(knownHosts: string): OfferedKey | undefined {
  const line = knownHosts.split('\n').find((each) => each.trim() !== '');
  const [name, type, blob] = line?.trim().split(/\s+/) ?? [];
  if (name === undefined || type === undefined || blob === undefined) return undefined;
  const hash = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '');
  return { type, fingerprint: `SHA256:${hash}`, line: `${name} ${type} ${blob}` };
}

/** What the user is told; we never go on with a key that nobody vouched for. */
export function hostKeyProblem(name: string, stderr: string, offered: OfferedKey | undefined): Problem {
  const what = `${name}: ${verdict(stderr)}`;
  if (offered === undefined) {
    return { what, fix: 'add its line to known-hosts, as `ssh-keyscan` prints it on a network that you trust' };
  }
  return {
    what,
    got: `${offered.type} ${offered.fingerprint}`,
    allowed: 'a key that known-hosts has for this host',
    fix: [
      'compare the fingerprint with the one on the host itself (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub).',
      'Only when they are the same, put this line into known-hosts:',
      offered.line,
    ].join('\n'),
  };
}

function verdict(stderr: string): string {
  if (/REVOKED HOST KEY/.test(stderr)) return 'its host key is marked as revoked in known-hosts.';
  if (/HOST IDENTIFICATION HAS CHANGED/.test(stderr)) {
    return 'its host key is another one than known-hosts has: the host was set up anew, or somebody is in between.';
  }
  return 'its host key is not in known-hosts.';
}
