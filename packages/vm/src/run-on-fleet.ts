import { makePrivateFolder, removeTree } from '@slipway/effects/files';
import { humanSeconds } from '@slipway/kernel/duration';
import type { Log } from '@slipway/kernel/log';
import { type ReleaseRecord, releaseId } from '@slipway/kernel/release';
import type { Intent } from '@slipway/rollout/decide';
import type { RunInfo } from '@slipway/rollout/entry';
import { executeRemembered } from '@slipway/rollout/execute-remembered';
import type { Result } from '@slipway/rollout/result';
import type { Watch } from '@slipway/rollout/watch';
import { readBroughtWish } from './brought-wish.ts';
import { type ConnectedTarget, connectTarget, type MachinePorts } from './connect.ts';
import { readFleetWish } from './fleet-wish.ts';
import { withoutOurs } from './hooks/run-program.ts';
import type { DeploymentInputs, FleetInputs } from './inputs.ts';
import { readReach } from './reach.ts';
import { requireKind } from './release-kind.ts';
import type { StrategyInputs } from './strategy-inputs.ts';
import { checksOf, gatesOf } from './strategy-problems.ts';
import { tacticsBack, tacticsOf } from './tactics.ts';
import type { Pull } from './transfer.ts';
import { watchFleet } from './watch-fleet.ts';

export interface FleetRunPorts extends MachinePorts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly context: { readonly workspace: string };
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly run: RunInfo;
  /** Writes the bytes of a release below the folder, checked, and says where. */
  readonly fetch: (release: ReleaseRecord, folder: string, signal: AbortSignal) => Promise<string>;
  /** Says where a host gets the bytes of a release itself; asked with `transfer: pull`. */
  readonly pull: Pull;
  /** Remembers, past our own end, whether the fleet may be half way. */
  readonly remember: (unfinished: boolean) => void;
}

export interface FleetTask {
  readonly intent: Intent;
  readonly mode: 'apply' | 'plan';
}

/** One deployment or rollback on the fleet of the inputs: connect, execute, and leave nothing behind here. */
export async function runOnFleet(
  inputs: FleetInputs & Partial<DeploymentInputs> & Partial<StrategyInputs>,
  task: FleetTask,
  ports: FleetRunPorts,
): Promise<Result> {
  const { log, clock, signal, run } = ports;
  // Not below the runner's own folder for such things: the path of a unix socket has to be short.
  const folder = await makePrivateFolder('/tmp', 'slipway-');
  try {
    const wish = readFleetWish(inputs, await readReach(inputs, ports));
    const { hooks, data } = readBroughtWish(inputs);
    const { intent } = task;
    const began = clock.monotonic();
    const connected = await connectTarget(wish, {
      ...ports,
      privateFolder: folder,
      brings: intent.kind === 'deploy' ? { ...data, release: releaseId(intent.release) } : undefined,
      hooks,
      restores: intent.kind === 'restore',
      runner: { exec: ports.exec, folder: ports.context.workspace, env: ports.env },
      tellSetup: task.mode === 'plan',
      fetch: (release, until) => ports.fetch(release, folder, until),
      pull: inputs.transfer === 'pull' ? ports.pull : undefined,
    });
    log.info(`Connected to ${wish.hosts.length} hosts in ${humanSeconds(clock.monotonic() - began)}.`);
    try {
      if (task.intent.kind === 'deploy') requireKind(task.intent.release, connected.runs);
      const options = {
        ...task,
        target: connected.target,
        tactics: intent.kind === 'deploy' ? tacticsOf(inputs) : tacticsBack(inputs, connected.target.capabilities),
        ...(intent.kind === 'deploy' ? { watch: watchOf(inputs, connected, ports) } : {}),
        app: inputs.app,
        environment: inputs.environment,
        maxFailures: inputs.maxFailures,
        keep: inputs.keep,
        lockWaitMs: inputs.lockWait,
        run,
        clock,
        log,
        signal,
      } as const;
      const result = await executeRemembered(options, ports.remember);
      // Later there may be a connection again: what could not be undone now is for post to try.
      if (result.outcome === 'failed' && connected.isBroken()) ports.remember(true);
      return result;
    } finally {
      await connected.close();
    }
  } finally {
    await removeTree(folder);
  }
}

function watchOf(
  { app, environment, gates, gateInterval = 0, checks }: FleetInputs & Partial<StrategyInputs>,
  { balancers, doorTo }: ConnectedTarget,
  { exec, context, env, ...ports }: FleetRunPorts,
): Watch {
  const run: FleetRunPorts['exec']['run'] = (command) =>
    exec.run({ cwd: context.workspace, env: withoutOurs(env), ...command });
  return watchFleet({
    ...ports,
    exec: { ...exec, run },
    app,
    environment,
    gates: gatesOf(gates),
    everyMs: gateInterval,
    checks: checksOf(checks),
    balancers,
    doorTo,
  });
}
