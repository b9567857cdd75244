import { type Clock, reasonOf } from '@slipway/effects/clock';
import { isProblems, messageOf, UserError } from '@slipway/kernel/errors';
import type { Log } from '@slipway/kernel/log';
import type { ReleaseRecord } from '@slipway/kernel/release';
import { describePlan } from '@slipway/strategy/describe';
import { closed, type Deployment, decided, entryOf, opening } from './account.ts';
import { decide } from './decide.ts';
import type { Result } from './result.ts';
import type { Observation, Target } from './target.ts';
import { travel } from './travel.ts';
import { unwatched, type Watch } from './watch.ts';

export interface ExecuteOptions extends Deployment {
  readonly target: Target;
  /** Absent: nobody looks, and a soak is only a wait. */
  readonly watch?: Watch;
  /** `plan` observes without the lock, and writes nothing. */
  readonly mode: 'apply' | 'plan';
  /** Members that may fail over the whole deployment. */
  readonly maxFailures: number;
  /** Healthy releases that stay on the hosts. */
  readonly keep: number;
  readonly lockWaitMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
}

/**
 * Brings a target to what is asked for: lock, read, decide, act, and on failure go back; read again, record, unlock.
 * What the user can mend is thrown as a UserError before anything is touched.
 */
export async function execute(options: ExecuteOptions): Promise<Result> {
  const { target } = options;
  const signal = AbortSignal.any([options.signal, target.lost]);
  try {
    if (options.mode === 'plan') return await converge(options, signal);
    await target.lock(options.lockWaitMs, signal);
    try {
      return await converge(options, signal);
    } finally {
      await unlock(options);
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    return interrupted(opening(options), signal);
  }
}

async function converge(options: ExecuteOptions, signal: AbortSignal): Promise<Result> {
  const { target, clock, log, keep } = options;
  const seen = await target.observe(signal);
  const decision = decide(options.intent, options.tactics, options.run, seen);
  if (isProblems(decision)) throw new UserError(decision);
  const account = decided(options, seen, decision);
  if (decision.kind === 'superseded') return { ...account, outcome: 'superseded' };
  const { plan, release } = decision;
  for (const line of describePlan(plan, seen.topology)) log.info(line);
  if (decision.settled) {
    if (options.mode === 'apply') await bringUpToDate(options, seen);
    return { ...account, outcome: 'unchanged' };
  }
  if (options.mode === 'plan') return account;

  const began = clock.monotonic();
  const watch = options.watch ?? unwatched(clock);
  const ports = { target, watch, run: options.run, releases: known(seen, release), clock, log, signal };
  const journey = await travel(plan, seen.topology, options.maxFailures, ports);
  const ms = Math.round(clock.monotonic() - began);
  const result = closed(account, seen, journey, ms);
  if (result.interrupted) return interrupted(result, signal);
  try {
    const entry = entryOf(options, seen, decision, journey, clock.wall(), ms);
    if (entry !== undefined) await target.record(entry, keep);
    return result;
  } catch (thrown) {
    const note = `The ledger could not be written, so run this again: ${messageOf(thrown)}`;
    return { ...result, outcome: 'failed', notes: [...result.notes, note] };
  }
}

/** Copies that missed the last deployment get it when it is run again. */
async function bringUpToDate({ target, keep }: ExecuteOptions, seen: Observation): Promise<void> {
  const newest = seen.entries.at(-1);
  if (newest !== undefined && seen.behind.length > 0) await target.record(newest, keep);
}

function known(seen: Observation, release: ReleaseRecord): ReadonlyMap<string, ReleaseRecord> {
  const records = [...seen.entries.map((entry) => entry.release), release];
  return new Map(records.map((record) => [record.digest, record]));
}

function interrupted(account: Result, signal: AbortSignal): Result {
  const note = `Interrupted (${reasonOf(signal).message}): nothing unproven has traffic, and the next run goes on from here.`;
  return { ...account, outcome: 'failed', interrupted: true, notes: [...account.notes, note] };
}

/** A lease that cannot be given back ends by itself: no reason to hide how the run ended. */
async function unlock({ target, log }: ExecuteOptions): Promise<void> {
  try {
    await target.unlock();
  } catch (thrown) {
    log.warning(`The lease could not be given back, and will end by itself: ${messageOf(thrown)}`);
  }
}
