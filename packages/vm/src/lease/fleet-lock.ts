import { type Clock, throwIfAborted } from '@slipway/effects/clock';
import { formatDuration } from '@slipway/kernel/duration';
import { messageOf, UserError, userError } from '@slipway/kernel/errors';
import type { Log } from '@slipway/kernel/log';
import type { Acquired, LeasedSession } from '../ssh/session.ts';

const ASK_AGAIN_MS = 500;

export interface LockSettings {
  /** For all hosts together, in milliseconds. */
  readonly waitMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Log;
}

type Busy = Extract<Acquired, { kind: 'busy' }>;

/**
 * Takes the leases of all hosts or of none: first all at once, since nearly always nobody is in the way. Else it lets
 * all go and takes one after the other in the order of the hosts' ids: whoever waits holds only smaller ones, so no
 * two runs ever wait for each other. Of two sessions that are one host, the second one follows the first.
 */
export async function lockFleet(sessions: readonly LeasedSession[], settings: LockSettings): Promise<void> {
  const deadline = settings.clock.monotonic() + settings.waitMs;
  try {
    if (!(await takeAll(sessions))) {
      await unlockFleet(sessions);
      await takeInOrder(sessions, deadline, settings);
    }
    throwIfAborted(settings.signal);
    refuseTwins(sessions);
  } catch (cause) {
    await unlockFleet(sessions);
    throw cause;
  }
}

/** Gives all leases back; nothing is left to do for those that are lost. */
export async function unlockFleet(sessions: readonly LeasedSession[]): Promise<void> {
  await Promise.all(sessions.map((session) => session.release()));
}

async function takeAll(sessions: readonly LeasedSession[]): Promise<boolean> {
  const answers = await Promise.allSettled(sessions.map((session) => session.acquire()));
  const failures = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new UserError(failures.map((failure) => ({ what: messageOf(failure) })));
  let all = true;
  for (const [index, session] of sessions.entries()) {
    const answer = answers[index];
    if (answer?.status !== 'fulfilled' || answer.value.kind === 'held') continue;
    if (!(await followed(session, answer.value, sessions))) all = false;
  }
  return all;
}

async function takeInOrder(
  sessions: readonly LeasedSession[],
  deadline: number,
  settings: LockSettings,
): Promise<void> {
  const inOrder = sessions.toSorted((a, b) => compare(a.hostId() ?? '', b.hostId() ?? ''));
  for (const session of inOrder) await take(session, sessions, deadline, settings);
}

async function take(
  session: LeasedSession,
  all: readonly LeasedSession[],
  deadline: number,
  { waitMs, clock, signal, log }: LockSettings,
): Promise<void> {
  const { name } = session.host;
  const told = new Set<string>();
  for (;;) {
    throwIfAborted(signal);
    const answer = await session.acquire();
    if (answer.kind === 'held' || (await followed(session, answer, all))) return;
    const left = deadline - clock.monotonic();
    if (left <= 0) throw stillBusy(name, answer, waitMs);
    if (!told.has(answer.token)) log.info(`${name} is held by ${ownerOf(answer)}; waiting up to ${roughly(left)}.`);
    told.add(answer.token);
    await clock.sleep(Math.min(ASK_AGAIN_MS, left), signal);
  }
}

/** Whether the owner is another session of ours, which then speaks for this name too. */
async function followed(session: LeasedSession, busy: Busy, all: readonly LeasedSession[]): Promise<boolean> {
  const owner = all.find(({ token }) => token === busy.token && token !== session.token);
  if (owner === undefined) return false;
  await session.follow(owner);
  return true;
}

/** Copies of one machine image have one id, but each holds a lease of its own. */
function refuseTwins(sessions: readonly LeasedSession[]): void {
  const seen = new Map<string, LeasedSession>();
  for (const session of sessions) {
    const id = session.hostId() ?? '';
    const twin = seen.get(id);
    if (twin !== undefined && twin.leader() !== session.leader()) {
      throw userError(
        `${twin.host.name} and ${session.host.name} are two hosts with one id: one was copied from the other.`,
        `remove the file state/host-id below ${session.host.root} on ${session.host.name}`,
      );
    }
    seen.set(id, session);
  }
}

function stillBusy(name: string, busy: Busy, waitMs: number): UserError {
  const run = /^https:\/\/[^/]+\/([^/]+\/[^/]+)\/actions\/runs\/(\d+)/.exec(busy.url);
  return new UserError({
    what: `${name} is held by another run, still after ${formatDuration(waitMs)}.`,
    got: ownerOf(busy),
    allowed: 'one run at a time for an app and environment on a host',
    fix:
      run === null
        ? 'wait for that run or end it, then run this again'
        : `wait for that run, or end it, then run this again: gh run cancel ${run[2]} --repo ${run[1]}`,
  });
}

function ownerOf({ owner, url, ageSeconds }: Busy): string {
  return `${owner} (${url}), heard of ${ageSeconds} s ago`;
}

function roughly(ms: number): string {
  return formatDuration(Math.max(Math.round(ms / 1_000), 1) * 1_000);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
