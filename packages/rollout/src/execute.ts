import { type Clock, reasonOf } from '@slipway/effects/clock';
import { isProblems, messageOf, UserError } from '@slipway/kernel/errors';
import type { Log } from '@slipway/kernel/log';
import type { ReleaseRecord } from '@slipway/kernel/release';
import { describePlan } from '@slipway/strategy/describe';
import { beside, closed, type Deployment, decided, entryOf, opening } from './account.ts';
import { decide } from './decide.ts';
import type { NewEntry } from './entry.ts';
import { idOf } from './ledger.ts';
import { isGreen, type Result } from './result.ts';
import type { StepPorts } from './run-steps.ts';
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
    return interrupted(opening(options), signal, options.log);
  }
}

async function converge(options: ExecuteOptions, signal: AbortSignal): Promise<Result> {
  const { target, clock, log } = options;
  const seen = await target.observe(signal);
  const decision = decide(options.intent, options.tactics, options.run, seen);
  if (isProblems(decision)) throw new UserError(decision);
  const account = decided(options, seen, decision);
  if (decision.kind === 'superseded') return { ...account, outcome: 'superseded' };
  const { plan, release } = decision;
  for (const line of describePlan(plan, seen.topology)) log.info(line);
  const more = beside(seen, decision);
  for (const sentence of more) log.info(`beside: ${sentence}`);
  if (decision.settled) {
    if (options.mode === 'apply') await bringUpToDate(options, seen);
    return { ...account, outcome: 'unchanged' };
  }
  if (options.mode === 'plan') return { ...account, notes: [...account.notes, ...more] };

  const began = clock.monotonic();
  const watch = options.watch ?? unwatched(clock);
  const ports = { target, watch, run: options.run, releases: known(seen, release), clock, log, signal };
  const journey = await travel(plan, seen.topology, options.maxFailures, ports);
  const ms = Math.round(clock.monotonic() - began);
  const result = closed(account, seen, journey, ms);
  if (result.interrupted) return interrupted(result, signal, log);
  const entry = entryOf(options, seen, decision, journey, clock.wall(), ms);
  if (entry === undefined) return result;
  const told = await recorded(result, entry, options);
  return options.intent.kind === 'restore' ? told : await conclude(told, entry, ports);
}

async function recorded(result: Result, entry: NewEntry, { target, keep, log }: ExecuteOptions): Promise<Result> {
  try {
    await target.record(entry, keep);
    return result;
  } catch (thrown) {
    const note = `The ledger could not be written, so run this again: ${messageOf(thrown)}`;
    log.info(note);
    return { ...result, outcome: 'failed', notes: [...result.notes, note] };
  }
}

/** What the target does last, while nobody else can begin; it changes nothing of how the deployment ended. */
async function conclude(result: Result, entry: NewEntry, ports: StepPorts): Promise<Result> {
  const { target, run, releases, signal, log } = ports;
  if (target.conclude === undefined) return result;
  const conclusion = {
    kind: entry.kind,
    outcome: result.outcome === 'failed' ? 'failed' : entry.outcome,
    succeeded: isGreen(result),
    release: idOf(entry),
    members: result.members.filter(({ state }) => state === 'in service').map(({ id }) => id),
  } as const;
  const context = { run, number: result.steps.length + 1, phase: 'forward', releases, signal } as const;
  const notes = await target.conclude(conclusion, context).catch((thrown: unknown) => [messageOf(thrown)]);
  for (const note of notes) log.warning(note);
  return { ...result, notes: [...result.notes, ...notes] };
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

function interrupted(account: Result, signal: AbortSignal, log: Log): Result {
  const note = `Interrupted (${reasonOf(signal).message}): nothing unproven has traffic, and the next run goes on from here.`;
  log.info(note);
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
