import type { machine } from '@slipway/effects/machine';
import { userError } from '@slipway/kernel/errors';
import { isString } from '@slipway/kernel/json';
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

/** Main left its target half way, for post to finish: who holds the lease there. Empty when it came to an end. */
const unfinished = stateKey('unfinished', isString);

export async function run(inputs: Inputs, ports: Ports): Promise<void> {
  const { env, log } = ports;
  const mode = inputs.mode === 'plan' ? 'plan' : 'apply';
  const { result, details } = await runThere(inputs, { kind: 'rollback', to: inputs.to ?? '', mode }, ports);

  writeOutputs(action.outputs, outputsOf(result));
  await writeSummary(`${summaryMarkdown(result)}${details}`, env);
  if (!isGreen(result)) throw userError(headline(result));
  log.info(headline(result));
}

/** After the job, whatever became of it: what was left half way goes back to what the ledger calls live. */
export async function finish(inputs: Inputs, ports: Ports): Promise<void> {
  if ((unfinished.read(ports.env) ?? '') === '') return;
  ports.log.info('The rollback was cut off: what was live comes back.');
  const { result } = await runThere(inputs, { kind: 'restore', mode: 'apply' }, ports);
  ports.log.info(headline(result));
}

interface Told {
  readonly result: Result;
  /** More for the summary. */
  readonly details: string;
}

/** Only the rooms of the target that is meant are loaded. */
async function runThere(inputs: Inputs, task: Task, ports: Ports): Promise<Told> {
  const common = { ...ports, run: { ...ports.context.run, actor: ports.context.actor } };
  const fleet = fleetOf(inputs);
  if (fleet === undefined) {
    const [{ runOnCluster }, { changesMarkdown }] = await Promise.all([
      import('@slipway/k8s/run-on-cluster'),
      import('@slipway/k8s/changes'),
    ]);
    const formerHolder = unfinished.read(ports.env);
    const remember = (holder: string): void => unfinished.save(holder);
    const { result, changes } = await runOnCluster(inputs, task, { ...common, remember, formerHolder });
    return { result, details: changesMarkdown(changes) };
  }
  const [{ runOnFleet }, { fetchRelease }, { pullSource }] = await Promise.all([
    import('@slipway/vm/run-on-fleet'),
    import('@slipway/store/fetch-release'),
    import('@slipway/store/pull/pull-source'),
  ]);
  const { mode, ...intent } = task;
  const result = await runOnFleet(
    fleet,
    { intent, mode },
    {
      ...common,
      remember: (half) => unfinished.save(half ? 'fleet' : ''),
      pull: (release, signal) => pullSource(release, { ...ports, auth: inputs.transferAuth, signal }),
      fetch: (release, folder, signal) => fetchRelease(release, folder, { ...ports, signal }),
    },
  );
  return { result, details: '' };
}
