import { settleAll } from '@slipway/kernel/parallel';
import { formatShares } from '@slipway/rollout/journal';
import type { MemberFailure, StepContext } from '@slipway/rollout/target';
import type { Shares, Step } from '@slipway/strategy/plan';
import type { SlotName } from '@slipway/strategy/topology';
import { formatLines, type OpenLine } from './journal.ts';
import { runStep, type Site } from './remote.ts';
import { type Change, changeTraffic, serverKey } from './traffic.ts';
import { failure, memberSite, type VmRun } from './vm-run.ts';

/**
 * Changes traffic on all balancers. The effect is not on the hosts, so the intent goes to the members and to the
 * balancers' hosts before it; its end is written there together with whatever comes next.
 */
export async function shift(
  run: VmRun,
  step: Extract<Step, { kind: 'shift' }>,
  context: StepContext,
): Promise<readonly MemberFailure[]> {
  const { balancers, limits } = run.options;
  if (balancers.length === 0) return [];
  const lines = step.members.map((member) => lineOf(run, member, step.shares, context));
  const drains = Object.values(step.shares).every((share) => share === 0);
  const failures = await noteIntents(run, step.members, lines, drains);
  context.signal.throwIfAborted();
  const members = step.members.filter((member) => !failures.has(member));
  const changes = members.flatMap((member) => changesOf(member, step.shares));
  const late = await changeTraffic(balancers, changes, limits, context.signal);
  for (const [member, cause] of late) failures.set(member, failure(member, cause));

  const journaled = lines.filter(({ member }) => members.includes(member));
  for (const site of concerned(run, step.members)) {
    const own = aboutSite(run, site, journaled);
    run.owed.add(
      site,
      own.filter(({ member }) => !late.has(member)),
      'done',
    );
    run.owed.add(
      site,
      own.filter(({ member }) => late.has(member)),
      'failed',
    );
  }
  for (const change of changes) run.shares.set(serverKey(change), change.share);
  return [...failures.values()];
}

/**
 * A member without its intent on disk is left out; without that of a balancer's host nobody's traffic is touched. What
 * is lost can still be drained: the balancers' journals tell of it, and nobody knows what would answer there.
 */
async function noteIntents(
  run: VmRun,
  members: readonly string[],
  lines: readonly OpenLine[],
  drains: boolean,
): Promise<Map<string, MemberFailure>> {
  const sites = concerned(run, members);
  const results = await settleAll(sites, run.options.limits.atOnce, async (site) => {
    await runStep(site, 'note', {
      vars: { lines: run.owed.take(site) + formatLines(aboutSite(run, site, lines), 'intent') },
      fence: 'fenced',
      timeoutMs: run.options.limits.stepMs,
    });
  });
  const failures = new Map<string, MemberFailure>();
  for (const [index, result] of results.entries()) {
    const site = sites[index];
    if (site === undefined || result.status === 'fulfilled') continue;
    if (drains && site.session.lost.aborted && !run.sites.balancers.includes(site)) continue;
    const hit = run.sites.balancers.includes(site) ? members : [site.session.host.name];
    for (const member of hit) failures.set(member, failure(member, result.reason));
  }
  return failures;
}

function concerned(run: VmRun, members: readonly string[]): readonly Site[] {
  return [...new Set([...members.map((member) => memberSite(run, member)), ...run.sites.balancers])];
}

/** A balancer's host keeps the lines of all members, a member its own. */
function aboutSite(run: VmRun, site: Site, lines: readonly OpenLine[]): readonly OpenLine[] {
  if (run.sites.balancers.includes(site)) return lines;
  return lines.filter(({ member }) => memberSite(run, member) === site);
}

function lineOf(run: VmRun, member: string, shares: Shares, context: StepContext): OpenLine {
  const { id, attempt } = context.run;
  const before = changesOf(member, shares).map(({ slot }) => [
    slot,
    Math.round(run.shares.get(serverKey({ member, slot })) ?? 0),
  ]);
  return {
    run: id,
    attempt,
    step: context.number,
    kind: 'shift',
    member,
    slot: null,
    before: formatShares(Object.fromEntries(before) as Shares),
    after: formatShares(shares),
    digest: null,
  };
}

function changesOf(member: string, shares: Shares): readonly Change[] {
  return (Object.entries(shares) as [SlotName, number][]).map(([slot, share]) => ({ member, slot, share }));
}
