import { createHash } from 'node:crypto';
import type { Exec } from '@slipway/effects/exec';
import { readTextIfThere } from '@slipway/effects/files';
import type { Problem } from '@slipway/kernel/errors';
import type { Host } from '../host.ts';
import { type Connection, offeredKeyArgv } from './argv.ts';

export interface OfferedKey {
  readonly type: string;
  /** As `ssh-keygen -l` prints it: `SHA256:...`. */
  readonly fingerprint: string;
  /** The very name that ssh looks for in known_hosts. */
  readonly name: string;
  /** For known_hosts. */
  readonly line: string;
  /** It is not the host itself that shows it, but one on the way there. */
  readonly jumpHost?: boolean;
}

/**
 * Which key was shown where ssh stopped: at the host, or at a jump host on the way. `refused` is the name that ssh
 * looked for. Undefined when nobody shows one.
 */
export async function offeredKey(
  exec: Exec,
  connection: Connection,
  refused: string | undefined,
  connectTimeoutMs: number,
): Promise<OfferedKey | undefined> {
  for (const [number, host] of stopsOn(connection.host, refused).entries()) {
    const file = `${connection.control}.offered-${number}`;
    await exec.run({ argv: offeredKeyArgv({ ...connection, host }, file), timeoutMs: 2 * connectTimeoutMs });
    const offered = parseOfferedKey((await readTextIfThere(file)) ?? '');
    if (offered === undefined || (refused !== undefined && offered.name !== refused)) continue;
    return host === connection.host ? offered : { ...offered, jumpHost: true };
  }
  return undefined;
}

/** As known_hosts has it: `[host]:port`, or the bare name for port 22. */
export function refusedName(stderr: string): string | undefined {
  const words = /host key is known for (\S+) and|[Hh]ost key for (\S+) (?:has changed|is marked as revoked)/.exec(
    stderr,
  );
  return words?.[1] ?? words?.[2];
}

/** The host, each of its jump hosts by the way to it, and what only the user's configuration can have named. */
function stopsOn(host: Host, refused: string | undefined): readonly Host[] {
  const jumps = host.jump ?? [];
  const hops = jumps.map((hop, index) => ({ ...hop, name: host.name, root: host.root, jump: jumps.slice(0, index) }));
  const direct = /^\[(.+)\]:(\d+)$/.exec(refused ?? '');
  const [address, port] = direct === null ? [refused, '22'] : direct.slice(1);
  const named = address === undefined ? [] : [{ name: host.name, root: host.root, address, port: Number(port) }];
  return [host, ...hops, ...named];
}

export function parseOfferedKey(knownHosts: string): OfferedKey | undefined {
  const line = knownHosts.split('\n').find((each) => each.trim() !== '');
  const [name, type, blob] = line?.trim().split(/\s+/) ?? [];
  if (name === undefined || type === undefined || blob === undefined) return undefined;
  const hash = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '');
  return { name, type, fingerprint: `SHA256:${hash}`, line: `${name} ${type} ${blob}` };
}

/** What the user is told; we never go on with a key that nobody vouched for. */
export function hostKeyProblem(name: string, stderr: string, offered: OfferedKey | undefined): Problem {
  const at = offered?.jumpHost === true ? `, at its jump host ${offered.name}` : '';
  const what = `${name}${at}: ${verdict(stderr)}`;
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
