import { type ReleaseId, type ReleaseRecord, TREE_MEDIA_TYPE } from '@slipway/kernel/release';
import type { EffectStep, MemberFailure, StepContext } from '@slipway/rollout/target';
import type { SlotName } from '@slipway/strategy/topology';
import { configure } from './configure.ts';
import { effect, inTurn, onEach, viewOf } from './effect.ts';
import { runHooks } from './hooks/at-moment.ts';
import { hooksBeforeTraffic } from './hooks/before-traffic.ts';
import { holdsLinked, parseToldHooks } from './host-view.ts';
import { releaseFolder } from './layout.ts';
import { migrate } from './migrate.ts';
import { proveMember } from './probe.ts';
import { imageReference, recordOf } from './release-kind.ts';
import { firstOf, type Said } from './remote.ts';
import { servicesIn } from './services/service.ts';
import { keptVars, sharedOf } from './settings.ts';
import { shift } from './shift.ts';
import { serverKey } from './traffic.ts';
import { goOn, loaderOf } from './transfer.ts';
import { memberSite, type VmRun } from './vm-run.ts';

/** Does one step on all its members at once; returns the members that failed, each with what explains it. */
export async function perform(run: VmRun, step: EffectStep, context: StepContext): Promise<readonly MemberFailure[]> {
  switch (step.kind) {
    case 'stage':
      return await inTurn(step.members, [
        (members) => runHooks(run, 'before-stage', { ...step, members, slot: null, outcome: null }, context),
        (members) => stage(run, members, step.release, context),
        (members) => configure(run, members, step.release, context),
      ]);
    case 'migrate':
      return await migrate(run, step.members, step.release, context);
    case 'start':
      return await inTurn(step.members, [
        (members) => onEach(run, members, (member) => start(run, member, step.slot, step.release, context)),
        (members) => runHooks(run, 'after-start', { ...step, members, outcome: null }, context),
      ]);
    case 'probe':
      return await onEach(run, step.members, (member) => probe(run, member, step.slot, step.release, context));
    case 'shift':
      return await inTurn(step.members, [
        (members) => hooksBeforeTraffic(run, { ...step, members }, context),
        (members) => shift(run, { ...step, members }, context),
      ]);
    case 'retire':
      return await onEach(run, step.members, (member) => retire(run, member, step.slot, context));
  }
}

/** Members that were seen to hold the release whole are left alone: no bytes are fetched for them. */
async function stage(
  run: VmRun,
  members: readonly string[],
  id: ReleaseId,
  context: StepContext,
): Promise<readonly MemberFailure[]> {
  const shared = sharedOf(id, run.options.brings, run.seen().observation.entries);
  const lacking = members.filter((member) => !holdsLinked(viewOf(run, member), id, shared));
  if (lacking.length === 0) return [];
  const release = recordOf(id, run.options.service.releases ?? 'file', context);
  if (release.kind === 'image') return await stageImage(run, lacking, release, context);
  const load = await loaderOf(release, { bytes: run.bytes, pull: run.options.pull }, context.signal);
  const tree = release.mediaType === TREE_MEDIA_TYPE;
  const bring = async (member: string, offset: number): Promise<Said> => {
    const { vars, ...bytes } = await load(offset);
    const said = await effect(run, member, null, context, 'stage', {
      journal: { before: 'absent', after: releaseFolder(id), digest: id.digest },
      vars: {
        dir: releaseFolder(id),
        digest: id.digest,
        shared,
        size: String(release.size),
        file_name: tree ? '' : (release.fileName ?? release.name),
        file_mode: release.fileMode ?? '0644',
        ...vars,
      },
      ...bytes,
      timeoutMs: run.options.limits.stageMs,
      signal: context.signal,
    });
    for (const [folder, names] of parseToldHooks(said)) run.stagedHooks.set(`${member} ${folder}`, names);
    return said;
  };
  return await onEach(run, lacking, async (member) => {
    const begun = viewOf(run, member).begun.get(releaseFolder(id)) ?? 0;
    await goOn({ member, release, begun }, (offset) => bring(member, offset), run.options.log);
  });
}

/** Each host fetches it by itself. */
async function stageImage(
  run: VmRun,
  members: readonly string[],
  release: ReleaseRecord,
  context: StepContext,
): Promise<readonly MemberFailure[]> {
  const dir = releaseFolder(release);
  return await onEach(run, members, async (member) => {
    await effect(run, member, null, context, 'stage-image', {
      journal: { before: 'absent', after: dir, digest: release.digest },
      vars: { dir, digest: release.digest, image: imageReference(release) },
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
      config: release.config ?? '',
      ...service.vars(memberSite(run, member).session.host, slot, release),
      ...keptVars(run, release),
    },
    timeoutMs: service.stopMs + limits.stepMs,
  });
  tellKilled(run, member, said);
  for (const [, state] of servicesIn(said)) run.started.set(serverKey({ member, slot }), state);
  run.installed.set(serverKey({ member, slot }), release);
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
  if (service.settles !== true) return;
  const folder = releaseFolder(release);
  await effect(run, member, slot, context, 'settle', {
    journal: { before: folder, after: folder, digest: release.digest },
    vars: service.vars(memberSite(run, member).session.host, slot, release),
    timeoutMs: service.stopMs + limits.stepMs,
  });
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

function tellKilled(run: VmRun, member: string, said: Said): void {
  const pid = firstOf(said, 'killed');
  if (pid === undefined) return;
  run.options.log.info(
    `${member}: the process ${pid} did not end within ${run.options.service.stopMs} ms, so it was killed.`,
  );
}
