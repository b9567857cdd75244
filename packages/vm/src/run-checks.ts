import type { Exec } from '@slipway/effects/exec';
import { formatDuration, humanSeconds } from '@slipway/kernel/duration';
import type { Log } from '@slipway/kernel/log';
import type { Verdict, WatchStep } from '@slipway/rollout/watch';
import type { SlotName } from '@slipway/strategy/topology';
import { describeCommand, type Hook } from './hooks/hook.ts';

/** The way to a slot that no user is sent to yet. */
export interface Door {
  /** As the host itself would ask: `http://127.0.0.1:8081`, and its health check. */
  readonly url: string;
  readonly health: string;
  /** A unix socket on the runner that leads there. */
  readonly socket: string;
}

export interface CheckOptions {
  readonly app: string;
  readonly environment: string;
  readonly checks: readonly Hook['argv'][];
  readonly doorTo: (member: string, slot: SlotName) => Door;
  /** Runs in the workspace, without the inputs of the action. */
  readonly exec: Exec;
  readonly log: Log;
}

const CHECK_MS = 15 * 60_000;
const LAST_LINES = 50;

/** The user's programs, one after the other; the first that fails ends them. */
export async function runChecks(
  { members, slot, release }: Extract<WatchStep, { kind: 'check' }>,
  { app, environment, checks, doorTo, exec, log }: CheckOptions,
  signal: AbortSignal,
): Promise<Verdict> {
  const { version, digest } = release;
  const doors = members.map((name) => ({ name, ...doorTo(name, slot) }));
  const input = `${JSON.stringify({ app, environment, slot, version, digest, members: doors })}\n`;
  for (const argv of checks) {
    const title = `check ${describeCommand(argv)}`;
    const ended = await exec.run({ argv, input, timeoutMs: CHECK_MS, signal });
    signal.throwIfAborted();
    const lines = `${ended.stdout}\n${ended.stderr}`.split('\n').filter((line) => line.trim() !== '');
    if (ended.code !== 0) {
      const how = ended.timedOut
        ? `did not end within ${formatDuration(CHECK_MS)}`
        : `ended with ${ended.signal ?? `status ${ended.code}`}`;
      return { kind: 'bad', why: `${title} ${how}.`, lastLines: lines.slice(-LAST_LINES) };
    }
    const heading = `${title}: passed in ${humanSeconds(ended.ms)}`;
    if (lines.length === 0) log.info(heading);
    else await log.group(heading, async () => log.foreign(lines.join('\n')));
  }
  return { kind: 'good' };
}
