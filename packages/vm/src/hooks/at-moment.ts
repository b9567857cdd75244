import { messageOf } from '@slipway/kernel/errors';
import type { Conclusion, MemberFailure, StepContext } from '@slipway/rollout/target';
import { inTurn, onEach, viewOf } from '../effect.ts';
import { releaseFolder } from '../layout.ts';
import { failure, type VmRun } from '../vm-run.ts';
import { describeHook, HOOK_TIMEOUT_MS, type Hook, type Moment } from './hook.ts';
import { runOnHost, runOnRunner } from './run-program.ts';
import { type Scene, variablesOf } from './variables.ts';

/**
 * Runs what belongs to a moment of a step: first the release's own hooks, then the workflow's in their order. A member
 * whose hook failed takes no part in later ones, and is returned. On the way back only the hooks of the release that
 * comes back run, and they only warn: its health decides, and what serves users must not hang on a hook.
 */
export async function runHooks(
  run: VmRun,
  moment: Moment,
  scene: Scene,
  context: StepContext,
): Promise<readonly MemberFailure[]> {
  const own = (members: readonly string[]): Promise<readonly MemberFailure[]> =>
    ownHooks(run, moment, { ...scene, members }, context);
  if (context.phase === 'back' || run.options.restores === true) {
    for (const { name, what } of await own(scene.members)) run.options.log.warning(`${name}: ${what}`);
    return [];
  }
  const given = run.options.hooks.filter((hook) => hook.moment === moment);
  return await inTurn(scene.members, [
    own,
    ...given.map((hook) => (members: readonly string[]) => workflowHook(run, hook, { ...scene, members }, context)),
  ]);
}

/** The last hooks of all. What went wrong with them is said, and changes nothing of how the deployment ended. */
export async function concludeWithHooks(
  run: VmRun,
  { succeeded, outcome, release, members }: Conclusion,
  context: StepContext,
): Promise<readonly string[]> {
  const moment = succeeded ? 'after-deploy' : 'on-failure';
  const everybody = [...run.sites.members.keys()];
  const scene = { release, slot: null, members: succeeded ? members : everybody, outcome };
  try {
    return (await runHooks(run, moment, scene, context)).map(({ name, what }) => `${name}: ${what}`);
  } catch (thrown) {
    return [`${moment}: ${messageOf(thrown)}`];
  }
}

async function ownHooks(
  run: VmRun,
  moment: Moment,
  scene: Scene,
  context: StepContext,
): Promise<readonly MemberFailure[]> {
  const having = scene.members.filter((member) => hooksOf(run, member, scene).includes(moment));
  const program = {
    title: `The hook ${moment} of ${scene.release.version}`,
    argv: [`.slipway/hooks/${moment}`],
    timeoutMs: HOOK_TIMEOUT_MS,
    variables: variablesOf(run, scene, context),
    release: scene.release,
  } as const;
  return await onEach(run, having, (member) => runOnHost(run, member, program, context.signal));
}

function hooksOf(run: VmRun, member: string, { release }: Scene): readonly string[] {
  const folder = releaseFolder(release);
  return run.stagedHooks.get(`${member} ${folder}`) ?? viewOf(run, member).hooks.get(folder) ?? [];
}

async function workflowHook(
  run: VmRun,
  hook: Hook,
  scene: Scene,
  context: StepContext,
): Promise<readonly MemberFailure[]> {
  const { argv, timeoutMs } = hook;
  const program = {
    title: `The hook ${describeHook(hook)}`,
    argv,
    timeoutMs,
    variables: variablesOf(run, scene, context),
  };
  // Before it is staged there is no folder of the release to run in.
  const release = hook.moment === 'before-stage' ? null : scene.release;
  switch (hook.on) {
    case 'host':
      return await onEach(run, scene.members, (member) =>
        runOnHost(run, member, { ...program, release }, context.signal),
      );
    case 'once': {
      const first = scene.members.slice(0, run.done.has(hook) ? 0 : 1);
      run.done.add(hook);
      return await onEach(run, first, (member) => runOnHost(run, member, { ...program, release }, context.signal));
    }
    case 'runner':
      try {
        await runOnRunner(run, program, context.signal);
        return [];
      } catch (cause) {
        return scene.members.map((member) => failure(member, cause));
      }
  }
}
