import type { machine } from '@slipway/effects/machine';
import type { Ingredients } from '@slipway/k8s/prepare';
import { type ClusterRunPorts, runOnCluster } from '@slipway/k8s/run-on-cluster';
import { userError } from '@slipway/kernel/errors';
import { writeOutputs } from '@slipway/kit/outputs';
import type { Runtime } from '@slipway/kit/run-action';
import { stateKey } from '@slipway/kit/state';
import { writeSummary } from '@slipway/kit/summary';
import { outputsOf } from '@slipway/rollout/outputs';
import { headline, summaryMarkdown } from '@slipway/rollout/report';
import { isGreen } from '@slipway/rollout/result';
import { action, type Inputs } from './inputs.ts';

export type Ports = Runtime & typeof machine;

/** Main began to change the cluster, and did not come to an end: post finishes. */
const unfinished = stateKey('unfinished', (value): value is boolean => typeof value === 'boolean');

export async function run(inputs: Inputs, ports: Ports): Promise<void> {
  const { log, env } = ports;
  const ingredients = await gather(inputs, ports);

  const mode = inputs.mode === 'plan' ? 'plan' : 'apply';
  const task = { kind: 'deploy', mode, allowOlder: inputs.allowOlder, ingredients } as const;
  const result = await runOnCluster(inputs, task, clusterPorts(ports));

  writeOutputs(action.outputs, outputsOf(result));
  await writeSummary(summaryMarkdown(result), env);
  if (!isGreen(result)) throw userError(headline(result));
  log.info(headline(result));
}

/** After the job, whatever became of it: an app that was left half way goes back to what the ledger calls live. */
export async function finish(inputs: Inputs, ports: Ports): Promise<void> {
  if (unfinished.read(ports.env) !== true) return;
  ports.log.info('The deployment was cut off: the cluster goes back to what was live.');
  const result = await runOnCluster(inputs, { kind: 'restore', mode: 'apply' }, clusterPorts(ports));
  ports.log.info(headline(result));
}

/** The YAML reader comes when it is needed: post never needs it. */
async function gather(inputs: Inputs, { context, clock, exec, signal }: Ports): Promise<Ingredients> {
  const [{ readManifests }, { parseImages }] = await Promise.all([
    import('@slipway/k8s/manifests/read'),
    import('@slipway/k8s/render/image-lines'),
  ]);
  const images = parseImages(inputs.images ?? []);
  const manifests = await readManifests(inputs.manifests, inputs.kubectl, {
    workspace: context.workspace,
    exec,
    signal,
  });
  return { manifests, images, origin: { ...context, version: inputs.version, now: clock.wall() } };
}

function clusterPorts(ports: Ports): ClusterRunPorts {
  const { context } = ports;
  return {
    ...ports,
    run: { ...context.run, actor: context.actor },
    remember: (half) => unfinished.save(half),
  };
}
