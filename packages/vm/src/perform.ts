import { readFrom } from '@slipway/effects/files';
import { userError } from '@slipway/kernel/errors';
import { settleAll } from '@slipway/kernel/parallel';
import { type ReleaseId, type ReleaseRecord, TREE_MEDIA_TYPE } from '@slipway/kernel/release';
import type { EffectStep, MemberFailure, StepContext } from '@slipway/rollout/target';
import type { SlotName } from '@slipway/strategy/topology';
import { type HostView, holdsWhole } from './host-view.ts';
import { journalVars, type OpenLine } from './journal.ts';
import { releaseFolder } from './layout.ts';
import { proveMember } from './probe.ts';
import { allOf, firstOf, runStep, type Said, type StepCall } from './remote.ts';
import { parseService } from './services/service.ts';
import { shift } from './shift.ts';
import { serverKey } from './traffic.ts';
import { failure, memberSite, type VmRun } from './vm-run.ts';

/** Does one step on all its members at once; returns the members that failed, each with what explains it. */
export async function perform(run: VmRun, step: EffectStep, context: StepContext): Promise<readonly MemberFailure[]> {
  switch (step.kind) {
    case 'stage':
      return await stage(run, step.members, step.release, context);
    case 'start':
      return await onEach(run, step.members, (member) => start(run, member, step.slot, step.release, context));
    case 'probe':
      return await onEach(run, step.members, (member) => probe(run, member, step.slot, step.release, context));
    case 'shift':
      return await shift(run, step, context);
    case 'retire':
      return await onEach(run, step.members, (member) => retire(run, member, step.slot, context));
  }
}

async function onEach(
  run: VmRun,
  members: readonly string[],
  work: (member: string) => Promise<void>,
): Promise<readonly MemberFailure[]> {
  const results = await settleAll(members, run.options.limits.atOnce, work);
  return results.flatMap((result, index) =>
    result.status === 'rejected' ? [failure(members[index] ?? '', result.reason)] : [],
  );
}

/** Members that were seen to hold the release whole are left alone: no bytes are fetched for them. */
async function stage(
  run: VmRun,
  members: readonly string[],
  id: ReleaseId,
  context: StepContext,
): Promise<readonly MemberFailure[]> {
  const lacking = members.filter((member) => !holdsWhole(viewOf(run, member), id));
  if (lacking.length === 0) return [];
  const release = recordOf(id, context);
  // Bytes that cannot be had are one problem, not one of each member.
  const path = await run.bytes(release, context.signal);
  const tree = release.mediaType === TREE_MEDIA_TYPE;
  return await onEach(run, lacking, async (member) => {
    await effect(run, member, null, context, 'stage', {
      journal: { before: 'absent', after: releaseFolder(id), digest: id.digest },
      vars: {
        dir: releaseFolder(id),
        digest: id.digest,
        size: String(release.size),
        file_name: tree ? '' : (release.fileName ?? release.name),
        file_mode: release.fileMode ?? '0644',
      },
      input: readFrom(path),
      timeoutMs: run.options.limits.stageMs,
      signal: context.signal,
    });
  });
}

async function start(
  run: VmRun,
  member: string,
  slot: SlotName,
  release: ReleaseId,
  context: StepContext,
): Promise<void> {
  const { service, limits } = run.options;
  const before = folderIn(run, member, slot);
  run.started.delete(serverKey({ member, slot }));
  const said = await effect(run, member, slot, context, 'start', {
    journal: { before, after: releaseFolder(release), digest: release.digest },
    vars: {
      dir: releaseFolder(release),
      digest: release.digest,
      ...service.vars(memberSite(run, member).session.host, slot, release),
    },
    timeoutMs: service.stopMs + limits.stepMs,
  });
  tellKilled(run, member, said);
  const states = allOf(said, 'service').map(parseService);
  for (const [, state] of states) run.started.set(serverKey({ member, slot }), state);
}

async function probe(
  run: VmRun,
  member: string,
  slot: SlotName,
  release: ReleaseId,
  context: StepContext,
): Promise<void> {
  const { prober, service, clock, processProof, limits } = run.options;
  const ports = { prober, service, clock, processProof, stepMs: limits.stepMs };
  const baseline = run.started.get(serverKey({ member, slot }));
  await proveMember({ site: memberSite(run, member), slot, release, signal: context.signal }, baseline, ports);
}

async function retire(run: VmRun, member: string, slot: SlotName, context: StepContext): Promise<void> {
  const { service, limits } = run.options;
  const before = folderIn(run, member, slot);
  run.started.delete(serverKey({ member, slot }));
  const said = await effect(run, member, slot, context, 'stop', {
    journal: { before, after: 'none', digest: null },
    vars: service.vars(memberSite(run, member).session.host, slot, null),
    timeoutMs: service.stopMs + limits.stepMs,
  });
  tellKilled(run, member, said);
}

/** The folder that the slot names, as far as this run knows. */
function folderIn(run: VmRun, member: string, slot: SlotName): string {
  return run.started.get(serverKey({ member, slot }))?.folder ?? viewOf(run, member).slots.get(slot) ?? 'none';
}

interface Effect extends Pick<StepCall, 'vars' | 'input' | 'timeoutMs' | 'signal'> {
  readonly journal: Pick<OpenLine, 'before' | 'after' | 'digest'>;
}

const KIND_OF = { stage: 'stage', start: 'start', stop: 'retire' } as const;

/**
 * One fenced exec that writes its intent, has its effect, and writes its end. Starts and stops are not cut short by a
 * cancelled run: they end soon by themselves, and a process is better running than neither here nor there.
 */
async function effect(
  run: VmRun,
  member: string,
  slot: SlotName | null,
  context: StepContext,
  script: keyof typeof KIND_OF,
  { journal, vars, ...call }: Effect,
): Promise<Said> {
  const site = memberSite(run, member);
  const { id, attempt } = context.run;
  const head = { run: id, attempt, step: context.number, kind: KIND_OF[script], member, slot };
  return await runStep(site, script, {
    ...call,
    functions: run.options.service.functions,
    vars: {
      ...vars,
      ...(slot === null ? {} : { slot }),
      ...journalVars(run.owed.take(site), { ...head, ...journal }),
    },
    fence: 'fenced',
  });
}

function tellKilled(run: VmRun, member: string, said: Said): void {
  const pid = firstOf(said, 'killed');
  if (pid === undefined) return;
  run.options.log.info(
    `${member}: the process ${pid} did not end within ${run.options.service.stopMs} ms, so it was killed.`,
  );
}

function viewOf(run: VmRun, member: string): HostView {
  const view = run.seen().views.get(memberSite(run, member));
  if (view === undefined) throw new Error(`the member "${member}" was never looked at`);
  return view;
}

function recordOf(id: ReleaseId, context: StepContext): ReleaseRecord {
  const record = context.releases.get(id.digest);
  if (record === undefined) throw new Error(`the record of ${id.version} (${id.digest}) is not among those of the run`);
  if (record.kind === 'file') return record;
  throw userError(
    `${record.name} ${record.version} is an image: hosts run files.`,
    'publish files with publish-artifact, and give its "release" output',
  );
}
