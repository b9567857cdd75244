import { join } from 'node:path';
import { makePrivateFolder, removeTree, writeWhole } from '@slipway/effects/files';
import { loginHome } from '@slipway/effects/home';
import { type Problem, UserError } from '@slipway/kernel/errors';
import type { Host } from '../host.ts';
import { type Agent, startAgent } from './agent.ts';
import { configText } from './config.ts';
import { limiter } from './limiter.ts';
import { openHost } from './open-host.ts';
import type { LeasedSession } from './session.ts';
import type { SshSettings } from './settings.ts';

/** sshd drops some of what comes above 10 connections that are not yet logged in (MaxStartups). */
const OPENING_AT_ONCE = 8;
/** The longest path of a unix socket is 107 bytes, and ssh adds 17 while it starts; the rest are our own names. */
const LONGEST_FOLDER = 60;

/** What came of opening all hosts: those that are open, and one Problem for each that is not. */
export interface Fleet {
  readonly sessions: readonly LeasedSession[];
  readonly failures: readonly Problem[];
  /** Ends all connections, the agent, and removes their files. */
  close(): Promise<void>;
}

/**
 * Opens one connection to each host, at most 8 at a time. Only what breaks before the log-in is tried again. Rejects
 * when nothing can be opened at all: a key that cannot be used, no ssh on this machine.
 */
export async function openFleet(hosts: readonly Host[], settings: SshSettings): Promise<Fleet> {
  const { exec, privateFolder } = settings;
  if (!/^[\w./-]+$/.test(privateFolder) || privateFolder.length > LONGEST_FOLDER) {
    throw new Error(`no folder for sockets: ${privateFolder}`);
  }
  const { stderr: version } = await exec.run({ argv: ['ssh', '-V'] });
  settings.log.debug(version.trim());
  const folder = await makePrivateFolder(privateFolder, 's');
  const sessions: LeasedSession[] = [];
  let agent: Agent | undefined;
  async function close(): Promise<void> {
    await Promise.allSettled(sessions.map((session) => session.close()));
    await agent?.stop();
    await removeTree(folder);
  }
  try {
    const { sshKey } = settings;
    const socket = sshKey === undefined ? undefined : join(folder, 'agent');
    if (socket !== undefined) agent = await startAgent(settings, socket, sshKey ?? '');
    const runner = { folder, config: await writeConfig(folder, socket, settings), agent: socket };
    const atOnce = limiter(OPENING_AT_ONCE);
    const opening = hosts.map((host, index) => atOnce(() => openHost(host, index, runner, settings)));
    // All of them, so that none is left open when one throws.
    const ended = await Promise.allSettled(opening);
    const opened = ended.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    sessions.push(...opened.filter((each) => 'run' in each));
    for (const each of ended) if (each.status === 'rejected') throw each.reason;
    return { sessions, failures: opened.filter((each) => 'what' in each), close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

/** Every host or none: rejects with all failures together. */
export async function openAll(hosts: readonly Host[], settings: SshSettings): Promise<Fleet> {
  const fleet = await openFleet(hosts, settings);
  if (fleet.failures.length === 0) return fleet;
  await fleet.close();
  throw new UserError(fleet.failures);
}

/** The file of the ssh configuration; what it names lies beside it. */
async function writeConfig(folder: string, agent: string | undefined, settings: SshSettings): Promise<string> {
  const { userConfig, connectTimeoutMs } = settings;
  const [knownHosts, certificate] = await Promise.all([
    writeIfGiven(join(folder, 'known_hosts'), settings.knownHosts),
    writeIfGiven(join(folder, 'key-cert.pub'), settings.certificate),
  ]);
  const access = { knownHosts, agent, certificate, home: loginHome(), userConfig, connectTimeoutMs };
  const file = join(folder, 'config');
  await writeWhole(file, configText(access), 0o600);
  return file;
}

async function writeIfGiven(file: string, text: string | undefined): Promise<string | undefined> {
  if (text === undefined) return undefined;
  await writeWhole(file, `${text.trimEnd()}\n`, 0o600);
  return file;
}
