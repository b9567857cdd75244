import { refuse, userError } from '@slipway/kernel/errors';
import { writeOutputs } from '@slipway/kit/outputs';
import type { Runtime } from '@slipway/kit/run-action';
import { stateKey } from '@slipway/kit/state';
import { writeSummary } from '@slipway/kit/summary';
import { outputsOf } from '@slipway/rollout/outputs';
import { headline, summaryMarkdown } from '@slipway/rollout/report';
import { isGreen, type Result } from '@slipway/rollout/result';
import { fetchRelease } from '@slipway/store/fetch-release';
import { readReleaseInput } from '@slipway/store/release-input';
import type { MachinePorts } from '@slipway/vm/connect';
import type { FleetRunPorts, FleetTask } from '@slipway/vm/run-on-fleet';
import { action, type Inputs } from './inputs.ts';

export type Ports = Runtime & MachinePorts;

/** Main began to change the fleet, and did not come to an end: post finishes. */
const unfinished = stateKey('unfinished', (value): value is boolean => typeof value === 'boolean');

export async function run(inputs: Inputs, ports: Ports): Promise<void> {
  const { context, log, env } = ports;
  const release = await readReleaseInput(inputs.release, context.workspace, ports, inputs.transfer);
  log.info(`${release.name} ${release.version}, ${release.digest}`);

  if (inputs.transfer === 'pull') {
    const { pullProblems } = await import('@slipway/store/pull/pull-source');
    refuse(pullProblems(release, { auth: inputs.transferAuth, env }));
  }
  const mode = inputs.mode === 'plan' ? 'plan' : 'apply';
  const intent = { kind: 'deploy', release, allowOlder: inputs.allowOlder } as const;
  const result = await onFleet(inputs, { intent, mode }, ports);

  writeOutputs(action.outputs, outputsOf(result));
  await writeSummary(summaryMarkdown(result), env);
  if (!isGreen(result)) throw userError(headline(result));
  log.info(headline(result));
}

/** After the job, whatever became of it: a fleet that was left half way goes back to what the ledger calls live. */
export async function finish(inputs: Inputs, ports: Ports): Promise<void> {
  if (unfinished.read(ports.env) !== true) return;
  ports.log.info('The deployment was cut off: the fleet goes back to what was live.');
  const result = await onFleet(inputs, { intent: { kind: 'restore' }, mode: 'apply' }, ports);
  ports.log.info(headline(result));
}

/** What a wrong input does not need is loaded here: a mistake is told sooner. */
async function onFleet(inputs: Inputs, task: FleetTask, ports: Ports): Promise<Result> {
  const { runOnFleet } = await import('@slipway/vm/run-on-fleet');
  return await runOnFleet(inputs, task, fleetPorts(inputs, ports));
}

function fleetPorts({ transferAuth: auth }: Inputs, ports: Ports): FleetRunPorts {
  const { context } = ports;
  return {
    ...ports,
    run: { ...context.run, actor: context.actor },
    remember: (half) => unfinished.save(half),
    async pull(release, signal) {
      const { pullSource } = await import('@slipway/store/pull/pull-source');
      return await pullSource(release, { ...ports, auth, signal });
    },
    fetch: (release, folder, signal) => fetchRelease(release, folder, { ...ports, signal }),
  };
}
