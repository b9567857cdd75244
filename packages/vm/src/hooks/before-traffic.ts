import type { ReleaseId } from '@slipway/kernel/release';
import type { MemberFailure, StepContext } from '@slipway/rollout/target';
import type { Step } from '@slipway/strategy/plan';
import { grouped } from '@slipway/strategy/steps';
import type { SlotName } from '@slipway/strategy/topology';
import { inTurn, viewOf } from '../effect.ts';
import { installed } from '../host-view.ts';
import { serverKey } from '../traffic.ts';
import type { VmRun } from '../vm-run.ts';
import { runHooks } from './at-moment.ts';

/** `before-shift` is before the first traffic of a slot that has none, not before each of its shares. */
export async function hooksBeforeTraffic(
  run: VmRun,
  { members, shares }: Extract<Step, { kind: 'shift' }>,
  context: StepContext,
): Promise<readonly MemberFailure[]> {
  const rising = (Object.entries(shares) as [SlotName, number][]).filter(([, share]) => share > 0);
  const scenes = rising.flatMap(([slot]) => {
    const without = members.filter((member) => (run.shares.get(serverKey({ member, slot })) ?? 0) === 0);
    const byRelease = grouped(without, (member) => JSON.stringify(releaseIn(run, member, slot)));
    return byRelease.map(([, group]) => ({ slot, group, release: releaseIn(run, group[0] ?? '', slot) }));
  });
  return await inTurn(
    members,
    scenes.map(({ slot, group, release }) => async (left: readonly string[]) => {
      const concerned = group.filter((member) => left.includes(member));
      if (release === null || concerned.length === 0) return [];
      return await runHooks(run, 'before-shift', { release, slot, members: concerned, outcome: null }, context);
    }),
  );
}

function releaseIn(run: VmRun, member: string, slot: SlotName): ReleaseId | null {
  return run.installed.get(serverKey({ member, slot })) ?? installed(viewOf(run, member), slot);
}
