import { throwIfAborted } from '@slipway/effects/clock';
import { userError } from '@slipway/kernel/errors';
import type { ReleaseId } from '@slipway/kernel/release';
import type { JournalLine } from '@slipway/rollout/entry';
import { formatJournalLine, formatShares, parseJournal, unfinished } from '@slipway/rollout/journal';
import { continuation, isBehind, parseLedger, union } from '@slipway/rollout/ledger';
import { prunable } from '@slipway/rollout/prune';
import type { EffectStep, MemberFailure, Observation, StepContext, Target } from '@slipway/rollout/target';
import type { SlotName } from '@slipway/strategy/topology';
import { hostOf, type MemoryFleet, type MemoryHost, slotOf, topologyOf, watchPromise } from './memory-fleet.ts';

/** An instant at which something can go wrong: around an effect on one host, or around its copy of the ledger. */
export interface Instant {
  readonly what: EffectStep['kind'] | 'record';
  readonly host: string;
  /** Of the run; 0 for the ledger. */
  readonly step: number;
  readonly when: 'before intent' | 'before effect' | 'after effect' | 'after';
}

/**
 * `fail`: the effect is not done, and the host says so. `lose`: it is done, and the answer gets lost. `hang`: until
 * aborted. `crash`: the run is dead at once. `cut`: the hold on the fleet is gone.
 */
export type Fault = 'fail' | 'lose' | 'hang' | 'crash' | 'cut';
export type Faults = (instant: Instant) => Fault | undefined;

/** A fault at the first `times` instants that are like this. */
export function faultAt(where: Partial<Instant>, fault: Fault, times = 1): Faults {
  let left = times;
  return (instant) => {
    const here = Object.entries(where).every(([key, value]) => instant[key as keyof Instant] === value);
    if (!here || left === 0) return undefined;
    left -= 1;
    return fault;
  };
}

export interface MemorySession extends Target {
  /** Resolves when a fault has killed the run: nobody will ever hear of it again. */
  readonly crashed: Promise<void>;
}

const STEP_MS = 100;

/** One run's hold on a fleet in memory. Journal and ledgers are real text, time is virtual, the promise is watched. */
export function memorySession(fleet: MemoryFleet, faults: Faults = () => undefined): MemorySession {
  const { clock } = fleet;
  const lost = new AbortController();
  const death = Promise.withResolvers<void>();
  const self = { dead: false };

  return {
    capabilities: fleet.capabilities,
    lost: lost.signal,
    crashed: death.promise,
    async lock(waitMs, signal) {
      const until = clock.monotonic() + waitMs;
      while (fleet.owner !== null && !fleet.owner.dead) {
        if (clock.monotonic() >= until) throw userError('Another run has the lease.');
        await clock.sleep(STEP_MS, signal);
      }
      fleet.owner = self;
    },
    async observe(signal) {
      await clock.sleep(STEP_MS, signal);
      return observation(fleet);
    },
    async perform(step, context) {
      if (context.signal.aborted) fleet.violations.push(`${step.kind} begins after the run was cancelled`);
      await clock.sleep(STEP_MS, context.signal);
      const failures: MemberFailure[] = [];
      for (const id of step.members) failures.push(...(await performOn(hostOf(fleet, id), step, context)));
      return failures;
    },
    async record(entry, keep) {
      const all = union(fleet.hosts.map((host) => parseLedger(host.ledger).entries));
      for (const host of fleet.hosts) {
        await pass({ what: 'record', host: host.name, step: 0, when: 'before effect' });
        host.ledger += continuation(host.ledger, all, entry);
        const inUse = Object.values(host.slots).flatMap(({ release }) => (release === null ? [] : [release.digest]));
        const { entries } = parseLedger(host.ledger);
        for (const digest of prunable([...host.staged], entries, keep, inUse)) host.staged.delete(digest);
        await pass({ what: 'record', host: host.name, step: 0, when: 'after' });
      }
    },
    async unlock() {
      if (fleet.owner === self) fleet.owner = null;
    },
  };

  async function performOn(
    host: MemoryHost,
    step: EffectStep,
    context: StepContext,
  ): Promise<readonly MemberFailure[]> {
    const instant = (when: Instant['when']): Instant => ({
      what: step.kind,
      host: host.name,
      step: context.number,
      when,
    });
    const journal = (state: JournalLine['state']): void => {
      host.journal += formatJournalLine({ ...intentOf(host, step, context), state });
    };
    await pass(instant('before intent'), context.signal);
    journal('intent');
    const fault = await pass(instant('before effect'), context.signal);
    const refusal = fault === 'fail' ? 'a fault' : effect(fleet, host, step);
    fleet.effects.push(`${step.kind} ${host.name}${refusal === undefined ? '' : ` (${refusal})`}`);
    watchPromise(fleet);
    const late = await pass(instant('after effect'), context.signal);
    if (late === 'lose') return [failure(host, 'gave no answer')];
    journal(refusal === undefined ? 'done' : 'failed');
    await pass(instant('after'), context.signal);
    return refusal === undefined ? [] : [failure(host, refusal)];
  }

  async function pass(instant: Instant, signal?: AbortSignal): Promise<Fault | undefined> {
    throwIfAborted(signal);
    throwIfAborted(lost.signal);
    if (fleet.owner !== self) fleet.violations.push(`${instant.what} on ${instant.host} without the lease`);
    const fault = faults(instant);
    if (fault === 'crash') {
      self.dead = true;
      death.resolve();
      // A dead process: neither an answer nor an error will ever come.
      await new Promise(() => {});
    }
    if (fault === 'cut') lost.abort(new Error('the connection is gone'));
    if (fault === 'hang') await clock.sleep(Number.POSITIVE_INFINITY, signal);
    throwIfAborted(lost.signal);
    return fault;
  }
}

/** Does it, or says why not. */
function effect(fleet: MemoryFleet, host: MemoryHost, step: EffectStep): string | undefined {
  switch (step.kind) {
    case 'stage':
      host.staged.add(step.release.digest);
      return undefined;
    case 'start':
      if (!host.staged.has(step.release.digest)) return `${step.release.version} is not on the host`;
      start(fleet, host, step.slot, step.release);
      return undefined;
    case 'probe':
      return probe(fleet, slotOf(host, step.slot), step.release);
    case 'shift':
      for (const [name, share] of Object.entries(step.shares)) slotOf(host, name as SlotName).share = share;
      return undefined;
    case 'retire':
      noteStop(fleet, host, step.slot);
      Object.assign(slotOf(host, step.slot), { next: null, running: false, answers: false, proven: false });
      return undefined;
    case 'migrate':
      return undefined;
  }
}

function start(fleet: MemoryFleet, host: MemoryHost, name: SlotName, release: ReleaseId): void {
  const slot = slotOf(host, name);
  if (fleet.capabilities.replaces === 'gradually' && slot.answers) {
    slot.next = release;
    return;
  }
  noteStop(fleet, host, name);
  Object.assign(slot, { release, running: true, answers: !fleet.broken.has(release.digest), proven: false });
}

/** A release that comes gradually takes the place of the old one once it answers. */
function probe(fleet: MemoryFleet, slot: ReturnType<typeof slotOf>, release: ReleaseId): string | undefined {
  if ((slot.next ?? slot.release)?.digest !== release.digest) return 'another version answers';
  const answers = slot.next === null ? slot.answers : !fleet.broken.has(release.digest);
  if (!answers) return 'no answer from the health check';
  Object.assign(slot, { release, next: null, proven: true });
  return undefined;
}

/** The old process dies at once, so whoever stops it under traffic loses requests. */
function noteStop(fleet: MemoryFleet, host: MemoryHost, name: SlotName): void {
  const { answers, share } = slotOf(host, name);
  const routed = fleet.capabilities.weights !== 'none';
  if (routed && answers && share > 0) fleet.violations.push(`${host.name} is stopped under traffic`);
}

function observation(fleet: MemoryFleet): Observation {
  const copies = fleet.hosts.map((host) => parseLedger(host.ledger).entries);
  const entries = union(copies);
  return {
    topology: topologyOf(fleet),
    entries,
    unfinished: fleet.hosts.flatMap((host) => unfinished(parseJournal(host.journal)).map((line) => line.member)),
    behind: fleet.hosts.filter((_, i) => isBehind(copies[i] ?? [], entries)).map((host) => host.id),
    notes: [],
  };
}

function intentOf(host: MemoryHost, step: EffectStep, context: StepContext): Omit<JournalLine, 'schema' | 'state'> {
  const slots = Object.entries(host.slots);
  const shares = Object.fromEntries(slots.map(([name, slot]) => [name, slot.share]));
  const release = 'release' in step ? step.release : null;
  return {
    run: context.run.id,
    attempt: context.run.attempt,
    step: context.number,
    kind: step.kind,
    member: host.id,
    slot: 'slot' in step ? step.slot : null,
    before: step.kind === 'shift' ? formatShares(shares) : (slotOf(host).release?.version ?? ''),
    after: step.kind === 'shift' ? formatShares(step.shares) : (release?.version ?? ''),
    digest: release?.digest ?? null,
  };
}

function failure(host: MemoryHost, what: string): MemberFailure {
  return { member: host.id, name: host.name, what, lastLines: [`last words of ${host.name}`] };
}
