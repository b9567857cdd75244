import type { machine } from '@slipway/effects/machine';
import { userError } from '@slipway/kernel/errors';
import { writeOutputs } from '@slipway/kit/outputs';
import type { Runtime } from '@slipway/kit/run-action';
import { stateKey } from '@slipway/kit/state';
import { writeSummary } from '@slipway/kit/summary';
import { outputsOf } from '@slipway/rollout/outputs';
import { headline, summaryMarkdown } from '@slipway/rollout/report';
import { isGreen, type Result } from '@slipway/rollout/result';
import { action, type Inputs } from './inputs.ts';
import { fleetOf } from './where.ts';

export type Ports = Runtime & typeof machine;

type Task =
  | { readonly kind: 'rollback'; readonly to: string; readonly mode: 'apply' | 'plan' }
  | { readonly kind: 'restore'; readonly mode: 'apply' };

/** Main began to change the target, and did not come to an end: post finishes. */
const unfinished = stateKey('unfinished', (value): value is boolean => typeof value === 'boolean');

export async function run(inputs: Inputs, ports: Ports): Promise<void> {
  const { env, log } = ports;
  const mode = inputs.mode === 'plan' ? 'plan' : 'apply';
  const result = await runThere(inputs, { kind: 'rollback', to: inputs.to ?? '', mode }, ports);

  writeOutputs(action.outputs, outputsOf(result));
  await writeSummary(summaryMarkdown(result), env);
  if (!isGreen(result)) throw userError(headline(result));
  log.info(headline(result));
}

/** After the job, whatever became of it: what was left half way goes back to what the ledger calls live. */
export async function finish(inputs: Inputs, ports: Ports): Promise<void> {
  if (unfinished.read(ports.env) !== true) return;
  ports.log.info('The rollback was cut off: what was live comes back.');
  ports.log.info(headline(await runThere(inputs, { kind: 'restore', mode: 'apply' }, ports)));
}

/** Only the rooms of the target that is meant are loaded. */
async function runThere(inputs: Inputs, task: Task, ports: Ports): Promise<Result> {
  const { context } = ports;
  const common = {
    ...ports,
    run: { ...context.run, actor: context.actor },
    remember: (half: boolean) => unfinished.save(half),
  };
  const fleet = fleetOf(inputs);
  if (fleet === undefined) {
    const { runOnCluster } = await import('@slipway/k8s/run-on-cluster');
    return await runOnCluster(inputs, task, common);
  }
  const [{ runOnFleet }, { fetchRelease }] = await Promise.all([
    import('@slipway/vm/run-on-fleet'),
    import('@slipway/store/fetch-release'),
  ]);
  const { mode, ...intent } = task;
  return await runOnFleet(
    fleet,
    { intent, mode },
    {
      ...common,
      fetch: (release, folder, signal) => fetchRelease(release, folder, { ...ports, signal }),
    },
  );
}
