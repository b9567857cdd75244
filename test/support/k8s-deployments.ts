import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../lab/k8s/cluster.ts';
import { createJob, type Job, type RunningStep, type StepResult } from './runner/job.ts';
import type { Orphan } from './runner/orphans.ts';

export interface K8sApp {
  readonly app: string;
  readonly namespace: string;
}

type Inputs = Readonly<Record<string, string>>;

/** Runs deploy-k8s and rollback as a workflow does: each on a runner of its own, from the committed bundles. */
export interface K8sDeployments {
  /** The manifests come as one file, as a checkout would bring them. */
  deploy(objects: readonly object[], inputs?: Inputs): Promise<StepResult>;
  rollBack(inputs?: Inputs): Promise<StepResult>;
  /** Main is ended by SIGKILL once it says this; then post runs, unless the runner is lost. */
  cutOff(objects: readonly object[], at: RegExp, options: CutOff): Promise<readonly StepResult[]>;
  /** Main alone, on a runner that is lost at the end of the block: post never comes. */
  begin(task: K8sTask): Begun;
}

/** Manifests to bring; without them, a rollback. */
export interface K8sTask {
  readonly objects?: readonly object[];
  readonly inputs?: Inputs;
}

export interface Begun extends AsyncDisposable {
  readonly running: RunningStep;
  /** What it left behind. */
  orphans(): readonly Orphan[];
}

export interface CutOff {
  readonly inputs?: Inputs;
  readonly runnerIsLost: boolean;
}

export function k8sDeployments(cluster: Cluster, { app, namespace }: K8sApp): K8sDeployments {
  let runs = 0;
  const common: Inputs = {
    app,
    environment: 'production',
    namespace,
    kubeconfig: cluster.kubeconfig,
    kubectl: cluster.kubectl,
  };

  function nextJob(): Job {
    runs += 1;
    return createJob({ github: { run_id: String(1_000 + runs), run_number: String(runs) } });
  }

  function stepOf(job: Job, objects: readonly object[], inputs: Inputs = {}) {
    const folder = join(job.workspace, 'k8s');
    mkdirSync(folder);
    writeFileSync(join(folder, 'all.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    return { action: 'deploy-k8s', with: { ...common, manifests: 'k8s/', ...inputs } };
  }

  return {
    async deploy(objects, inputs) {
      await using job = nextJob();
      const result = await job.run(stepOf(job, objects, inputs));
      await job.post();
      return result;
    },
    async rollBack(inputs) {
      await using job = nextJob();
      const result = await job.run({ action: 'rollback', with: { ...common, ...inputs } });
      await job.post();
      return result;
    },
    async cutOff(objects, at, { inputs, runnerIsLost }) {
      await using job = nextJob();
      const running = job.start(stepOf(job, objects, inputs));
      await running.seen(at);
      const killed = await running.kill();
      return runnerIsLost ? [killed] : [killed, ...(await job.post())];
    },
    begin({ objects, inputs }) {
      const job = nextJob();
      const rollback = { action: 'rollback', with: { ...common, ...inputs } };
      const running = job.start(objects === undefined ? rollback : stepOf(job, objects, inputs));
      return { running, orphans: () => job.orphans(), [Symbol.asyncDispose]: () => job[Symbol.asyncDispose]() };
    },
  };
}
