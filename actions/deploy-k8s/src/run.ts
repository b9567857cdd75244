import type { machine } from '@slipway/effects/machine';
import { changesMarkdown } from '@slipway/k8s/changes';
import type { ClusterTask } from '@slipway/k8s/cluster-run';
import type { Ingredients } from '@slipway/k8s/prepare';
import { type ClusterRunPorts, runOnCluster } from '@slipway/k8s/run-on-cluster';
import { userError } from '@slipway/kernel/errors';
import { isString } from '@slipway/kernel/json';
import { writeOutputs } from '@slipway/kit/outputs';
import type { Runtime } from '@slipway/kit/run-action';
import { stateKey } from '@slipway/kit/state';
import { writeSummary } from '@slipway/kit/summary';
import { outputsOf } from '@slipway/rollout/outputs';
import { headline, summaryMarkdown } from '@slipway/rollout/report';
import { isGreen } from '@slipway/rollout/result';
import { action, type Inputs } from './inputs.ts';

export type Ports = Runtime & typeof machine;

/** Who holds the lease of an app that main left half way, for post to finish; empty when it came to an end. */
const unfinished = stateKey('unfinished', isString);

export async function run(inputs: Inputs, ports: Ports): Promise<void> {
  const { log, env } = ports;
  const { result, changes } = await runOnCluster(inputs, () => wanted(inputs, ports), clusterPorts(ports));

  writeOutputs(action.outputs, outputsOf(result));
  await writeSummary(`${summaryMarkdown(result)}${changesMarkdown(changes)}`, env);
  if (!isGreen(result)) throw userError(headline(result));
  log.info(headline(result));
}

/** After the job, whatever became of it: an app that was left half way goes back to what the ledger calls live. */
export async function finish(inputs: Inputs, ports: Ports): Promise<void> {
  const formerHolder = unfinished.read(ports.env) ?? '';
  if (formerHolder === '') return;
  ports.log.info('The deployment was cut off: the cluster goes back to what was live.');
  const there = { ...clusterPorts(ports), formerHolder };
  const { result } = await runOnCluster(inputs, { kind: 'restore', mode: 'apply' }, there);
  ports.log.info(headline(result));
}

async function wanted(inputs: Inputs, ports: Ports): Promise<ClusterTask> {
  const mode = inputs.mode === 'plan' ? 'plan' : 'apply';
  return { kind: 'deploy', mode, allowOlder: inputs.allowOlder, ingredients: await gather(inputs, ports) };
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
    remember: (holder) => unfinished.save(holder),
  };
}
