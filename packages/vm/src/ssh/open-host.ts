import { randomBytes, randomInt } from 'node:crypto';
import { join } from 'node:path';
import { throwIfAborted } from '@slipway/effects/clock';
import { formatDuration } from '@slipway/kernel/duration';
import type { Problem } from '@slipway/kernel/errors';
import { formatAuthority } from '../authority.ts';
import type { Host } from '../host.ts';
import { bootstrap, type Connection, masterArgv } from './argv.ts';
import { sessionOn } from './connect.ts';
import { type HolderFailure, openHolder } from './holder.ts';
import { hostKeyProblem, offeredKey, refusedName } from './host-key.ts';
import { type HolderVars, holderText } from './script-text.ts';
import type { LeasedSession } from './session.ts';
import type { SshSettings } from './settings.ts';

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 2_000;

/** What all connections of a run share on this machine. */
export interface Runner {
  readonly folder: string;
  /** The file of the ssh configuration. */
  readonly config: string;
  /** The agent's socket. */
  readonly agent: string | undefined;
}

/**
 * Opens one host, or says what is wrong with it. What breaks before the log-in is tried again until the connect time-out
 * is over. Files of different hosts differ by `index`.
 */
export async function openHost(
  host: Host,
  index: number,
  runner: Runner,
  settings: SshSettings,
): Promise<LeasedSession | Problem> {
  const { clock, log, signal } = settings;
  const deadline = clock.monotonic() + settings.connectTimeoutMs;
  for (let tried = 1; ; tried += 1) {
    throwIfAborted(signal);
    const began = clock.monotonic();
    const { config, agent, folder } = runner;
    const connection = { host, control: join(folder, `${index}-${tried}`), config, agent };
    const opened = await openOnce(connection, { ...settings, connectTimeoutMs: deadline - began });
    if ('run' in opened) {
      log.debug(`${host.name}: connected in ${Math.round(clock.monotonic() - began)} ms`);
      return opened;
    }
    const waitMs = jittered(tried);
    if (opened.failure !== 'transport' || clock.monotonic() + waitMs >= deadline) {
      return await explain(opened, tried, connection, settings);
    }
    log.debug(`${host.name}: ${opened.words.at(-1) ?? 'no connection'}; trying again in ${waitMs} ms`);
    await clock.sleep(waitMs, signal);
  }
}

/** So that hosts behind one gate do not come back all at once. */
function jittered(tried: number): number {
  const longest = Math.min(FIRST_WAIT_MS * 2 ** (tried - 1), LONGEST_WAIT_MS);
  return randomInt(Math.ceil(longest / 3), longest + 1);
}

async function openOnce(connection: Connection, settings: SshSettings): Promise<LeasedSession | HolderFailure> {
  const { host, control } = connection;
  const { exec, clock, log, connectTimeoutMs, lease } = settings;
  const forwards = settings.forwards(host).map((to, number) => ({ local: `${control}-${number}`, to }));
  const vars = holderVars(host, settings);
  const text = holderText(vars);
  const opening = await openHolder(
    masterArgv(connection, { connectTimeoutMs, ...lease }, forwards, bootstrap(text)),
    text,
    vars.nonce,
    {
      name: host.name,
      exec,
      clock,
      log,
      connectTimeoutMs,
      pingMs: lease.pingSeconds * 1_000,
      leaseMs: lease.leaseSeconds * 1_000,
      signal: settings.signal,
    },
  );
  if (opening.kind === 'failed') return opening;
  const { holder } = opening;
  return sessionOn({ exec, clock, connection, holder, base: vars.base, token: vars.token, forwards });
}

function holderVars(host: Host, { lease }: SshSettings): HolderVars {
  const { app, environment, run, leaseSeconds } = lease;
  return {
    nonce: randomBytes(12).toString('hex'),
    base: `${host.root}/${app}/${environment}`,
    token: randomBytes(12).toString('hex'),
    run: word(run.id),
    attempt: String(run.attempt),
    url: word(run.url),
    seconds: String(leaseSeconds),
  };
}

/** A lease is one line of words. */
function word(text: string): string {
  return text.replaceAll(/\s/g, '_') || '-';
}

async function explain(
  failed: HolderFailure,
  tries: number,
  connection: Connection,
  settings: SshSettings,
): Promise<Problem> {
  const { host } = connection;
  const { exec, connectTimeoutMs } = settings;
  const words = failed.words.join('\n           ');
  const by =
    host.jump === undefined || host.jump.length === 0 ? '' : ` by ${host.jump.map(formatAuthority).join(', ')}`;
  const way = `${formatAuthority(host)}${by}`;
  switch (failed.failure) {
    case 'host-key': {
      const offered = await offeredKey(exec, connection, refusedName(failed.stderr), connectTimeoutMs);
      return hostKeyProblem(host.name, failed.stderr, offered);
    }
    case 'auth':
      return {
        what: `${host.name} (${way}) refused the log-in.`,
        got: words,
        fix:
          settings.certificate === undefined
            ? 'put the public half of ssh-key into ~/.ssh/authorized_keys of that user on the host'
            : 'see when the certificate ends and whom it names: ssh-keygen -L -f key-cert.pub',
      };
    case 'forbidden':
      return {
        what: `${host.name} (${way}) was not reached: a jump host leads nobody on.`,
        got: words,
        fix: 'AllowTcpForwarding yes in the sshd_config of the jump host, and a PermitOpen that names the next one',
      };
    case 'transport':
      return {
        what: `${host.name} (${way}) was not reached within ${formatDuration(connectTimeoutMs)}, in ${tries} tries.`,
        got: words,
        fix: 'check its address and port, and that it lets this machine in',
      };
    case 'other':
      return { what: `${host.name} (${way}) could not be opened.`, got: words };
  }
}
