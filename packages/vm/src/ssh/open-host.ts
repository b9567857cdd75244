import { randomBytes, randomInt } from 'node:crypto';
import { join } from 'node:path';
import { throwIfAborted } from '@slipway/effects/clock';
import type { Problem } from '@slipway/kernel/errors';
import type { Host } from '../host.ts';
import { bootstrap, type Connection, masterArgv } from './argv.ts';
import { sessionOn } from './connect.ts';
import { type HolderFailure, openHolder } from './holder.ts';
import { hostKeyProblem, offeredKey } from './host-key.ts';
import { type HolderVars, holderText } from './script-text.ts';
import type { LeasedSession } from './session.ts';
import type { SshSettings } from './settings.ts';

const TRIES = 4;

/** What all connections of a run share on this machine. */
export interface Runner {
  readonly folder: string;
  readonly knownHosts: string | undefined;
  /** The agent's socket. */
  readonly agent: string | undefined;
}

/** Opens one host, or says what is wrong with it. Files of different hosts differ by `index`. */
export async function openHost(
  host: Host,
  index: number,
  runner: Runner,
  settings: SshSettings,
): Promise<LeasedSession | Problem> {
  const { clock, log, signal } = settings;
  for (let tried = 1; ; tried += 1) {
    throwIfAborted(signal);
    const began = clock.monotonic();
    const { knownHosts, agent, folder } = runner;
    const connection = { host, control: join(folder, `${index}-${tried}`), knownHosts, agent };
    const opened = await openOnce(connection, settings);
    if ('run' in opened) {
      log.debug(`${host.name}: connected in ${Math.round(clock.monotonic() - began)} ms`);
      return opened;
    }
    if (opened.failure !== 'transport' || tried === TRIES) return await explain(opened, connection, settings);
    // Jitter, so that hosts behind one gate do not come back all at once.
    const waitMs = randomInt(100, 300) * 2 ** tried;
    log.debug(`${host.name}: ${opened.words.at(-1) ?? 'no connection'}; trying again in ${waitMs} ms`);
    await clock.sleep(waitMs, signal);
  }
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

async function explain(failed: HolderFailure, connection: Connection, settings: SshSettings): Promise<Problem> {
  const { host, control } = connection;
  const { exec, connectTimeoutMs } = settings;
  const words = failed.words.join('\n           ');
  const way = `${host.user === undefined ? '' : `${host.user}@`}${host.address}${host.port === undefined ? '' : `:${host.port}`}`;
  switch (failed.failure) {
    case 'host-key': {
      const offered = await offeredKey(exec, connection, `${control}.offered`, connectTimeoutMs);
      return hostKeyProblem(host.name, failed.stderr, offered);
    }
    case 'auth':
      return {
        what: `${host.name} (${way}) refused the log-in.`,
        got: words,
        fix: 'put the public half of ssh-key into ~/.ssh/authorized_keys of that user on the host',
      };
    case 'transport':
      return {
        what: `${host.name} (${way}) was not reached in ${TRIES} tries.`,
        got: words,
        fix: 'check its address and port, and that it lets this machine in',
      };
    case 'other':
      return { what: `${host.name} (${way}) could not be opened.`, got: words };
  }
}
