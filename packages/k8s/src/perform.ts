import type { Digest } from '@slipway/kernel/digest';
import type { JournalLine } from '@slipway/rollout/entry';
import { healthy, live } from '@slipway/rollout/ledger';
import type { EffectStep, MemberFailure, StepContext } from '@slipway/rollout/target';
import type { Step } from '@slipway/strategy/plan';
import { isHashedConfig, isWorkload } from './kinds.ts';
import { addedBy, foundBefore } from './leftovers.ts';
import { inPhases } from './manifests/order.ts';
import { type KubeObject, refOf } from './object.ts';
import type { Facts } from './records.ts';
import { isRecordedSecret, storeSet } from './release-set.ts';
import { isJob } from './render/job-names.ts';
import { type ClusterSession, MEMBER } from './session.ts';
import type { Trouble } from './works.ts';

/** Does a step; the intent is in the records before the effect. Whoever lost the lease fails there. */
export async function perform(
  session: ClusterSession,
  step: EffectStep,
  context: StepContext,
): Promise<readonly MemberFailure[]> {
  switch (step.kind) {
    case 'stage':
      return await journaled(session, step, context, () => stage(session, step.release.digest, context.signal));
    case 'start':
      return await start(session, step, context);
    case 'probe':
      return await probeWhileNoting(session, step.release.digest, context.signal);
    case 'retire':
      return await retire(session, step, context);
    // Kubernetes moves the traffic by itself, and these are not planned for it.
    case 'migrate':
    case 'shift':
      return [];
  }
}

/** The set, and configuration under names of its own: nothing that runs looks at them. */
async function stage(
  { api, place, sets, works }: ClusterSession,
  digest: Digest,
  signal: AbortSignal,
): Promise<readonly Trouble[]> {
  const objects = await sets.objects(digest);
  if (sets.brought?.set.digest === digest) await storeSet(sets.brought.set, api, place);
  await works.apply(
    objects.filter((object) => isHashedConfig(object) && !isRecordedSecret(object)),
    signal,
  );
  return [];
}

async function start(
  session: ClusterSession,
  step: Extract<Step, { kind: 'start' }>,
  context: StepContext,
): Promise<readonly MemberFailure[]> {
  const { digest } = step.release;
  const { api, sets, returning, recorded } = session;
  const { installed, cutOff, found } = recorded;
  const objects = await sets.objects(digest);
  // A set that was being applied when a run was cut off may be there in part, and so may the one before it.
  const left = [installed, cutOff?.before ?? null].flatMap((each) => (each === null || each === digest ? [] : [each]));
  const there = await Promise.all(left.map(async (each) => ({ each, set: (await sets.find(each)) ?? [] })));
  const back = returning || sets.brought?.set.digest !== digest;
  const before = there.flatMap(({ set }) => set);
  const known = found[digest] ?? (back ? [] : await foundBefore(objects, before, api));
  return await journaled(session, step, context, come, {
    first: { installed: digest, found: { ...found, [digest]: known } },
  });

  async function come(): Promise<readonly Trouble[]> {
    // Jobs happen once, with the release that brings them: never on the way back.
    const first = !back && !healthy(recorded.entries).some((release) => release.digest === digest);
    const trouble = await bring(session, digest, first ? objects : objects.filter((object) => !isJob(object)), context);
    if (trouble.length > 0 || !back) return trouble;
    return await removeAll(
      session,
      there.flatMap(({ each, set }) => addedBy(set, objects, found[each] ?? [])),
    );
  }
}

/** Applies a set; Secrets without content are in the cluster under their names. */
async function bring(
  { works, applied }: ClusterSession,
  digest: Digest,
  objects: readonly KubeObject[],
  { signal }: StepContext,
): Promise<readonly Trouble[]> {
  const phases = inPhases(objects.filter((object) => !isRecordedSecret(object)));
  await works.apply(phases.foundation, signal);
  const trouble = await works.runJobs(phases.jobs, signal);
  if (trouble.length > 0) return trouble;
  const written = await works.apply(phases.rollout, signal);
  applied.set(digest, written.filter(isWorkload));
  return [];
}

/** That the start was done is written while its pods come up. */
async function probeWhileNoting(
  session: ClusterSession,
  digest: Digest,
  signal: AbortSignal,
): Promise<readonly MemberFailure[]> {
  const noted = session.records.flush();
  // Told below; who was robbed ends by the signal.
  noted.catch(() => {});
  const trouble = await probe(session, digest, signal);
  await noted;
  return failures(session, trouble);
}

async function probe(
  { api, sets, works, applied }: ClusterSession,
  digest: Digest,
  signal: AbortSignal,
): Promise<readonly Trouble[]> {
  const written = applied.get(digest);
  if (written !== undefined) return await works.awaitRollout(written, signal);
  const workloads = (await sets.objects(digest)).filter(isWorkload);
  const now = await Promise.all(workloads.map(async (object) => (await api.get(refOf(object))) ?? object));
  return await works.awaitRollout(now, signal);
}

/**
 * What was brought up goes: to what the ledger calls live, when a run before this one died on its way from there; else
 * what the bad release added is deleted.
 */
async function retire(
  session: ClusterSession,
  step: Extract<Step, { kind: 'retire' }>,
  context: StepContext,
): Promise<readonly MemberFailure[]> {
  const { sets, recorded } = session;
  const { installed, found, entries } = recorded;
  const before = live(entries);
  if (installed === null) return [];
  const bad = await sets.objects(installed);
  if (before === null || before.digest === installed) {
    const gone = before === null ? addedBy(bad, [], found[installed] ?? []) : [];
    return await journaled(session, step, context, () => removeAll(session, gone), {
      last: { installed: null },
    });
  }
  const started = await start(session, { ...step, kind: 'start', release: before }, context);
  return started.length > 0 ? started : await probeWhileNoting(session, before.digest, context.signal);
}

async function removeAll({ api, log }: ClusterSession, objects: readonly KubeObject[]): Promise<readonly Trouble[]> {
  for (const object of objects) {
    log.info(`${object.kind} ${object.metadata.name} came with the release that is left, and is deleted.`);
    await api.remove(refOf(object));
  }
  return [];
}

/** The intent before, the outcome after it; facts are so from the first touch on, or once all is done. */
async function journaled(
  session: ClusterSession,
  step: Step,
  { run, number }: StepContext,
  effect: () => Promise<readonly Trouble[]>,
  { first = {}, last = {} }: { readonly first?: Facts; readonly last?: Facts } = {},
): Promise<readonly MemberFailure[]> {
  const release = 'release' in step ? step.release : null;
  const line = {
    run: run.id,
    attempt: run.attempt,
    step: number,
    kind: step.kind,
    member: MEMBER,
    slot: 'slot' in step ? step.slot : null,
    before: session.recorded.installed ?? '',
    after: release?.version ?? '',
    digest: release?.digest ?? null,
  };
  const note = async (state: JournalLine['state'], facts: Facts): Promise<void> => {
    await session.records.note({ ...line, state }, facts);
    session.recorded = { ...session.recorded, ...facts };
  };

  await note('intent', first);
  const trouble = await effect();
  // Nobody is misled when the end of a step comes late: it is done again. What else is so from now on cannot wait.
  if (trouble.length === 0 && Object.keys(last).length === 0) session.records.later({ ...line, state: 'done' });
  else await note(trouble.length === 0 ? 'done' : 'failed', trouble.length === 0 ? last : {});
  if (step.kind === 'start' || step.kind === 'retire') session.recorded = { ...session.recorded, cutOff: null };
  return failures(session, trouble);
}

function failures({ place }: ClusterSession, trouble: readonly Trouble[]): readonly MemberFailure[] {
  return trouble.map((each) => ({ member: MEMBER, name: place.namespace, ...each }));
}
