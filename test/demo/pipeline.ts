import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LAB_MARK } from '../lab/processes.ts';
import type { Fleet } from '../lab/ssh-fleet.ts';
import { createJob, type StepOptions } from '../support/runner/job.ts';
import type { StepResult } from '../support/runner/step.ts';
import type { Repository } from './repository.ts';

/** Runs the actions as a workflow does: each job on a runner of its own, from the committed bundles. */
export interface Pipeline {
  /** checkout-build and publish-artifact of one tag; the release record. */
  publish(repository: Repository, tag: string): Promise<string>;
  deploy(release: string, more?: Inputs): Promise<StepResult>;
  /** To wherever the ledger says. */
  rollBack(more?: Inputs): Promise<StepResult>;
}

export type Inputs = Readonly<Record<string, string>>;

const APP = 'shop';

export function createPipeline(fleet: Fleet): Pipeline {
  let runs = 0;
  const fleetInputs: Inputs = {
    ...fleet.inputs,
    app: APP,
    environment: 'production',
    service: 'script',
    start: 'bin/start',
    stop: 'bin/stop',
    health: `http://{address}:${fleet.appPort}/healthz`,
    'version-from': 'header:x-version',
    // the shop is up within 0.1 s; a broken one shall not hold the demo for the minute that is usual
    'health-timeout': '5s',
  };

  async function inJob(github: Inputs, steps: (run: Run) => Promise<StepResult>): Promise<StepResult> {
    runs += 1;
    await using job = createJob({
      github: { ...github, run_id: String(1_000 + runs), run_number: String(runs) },
      secrets: [fleet.inputs['ssh-key']],
      env: { [LAB_MARK]: fleet.folder },
    });
    const last = await steps((step) => job.run(step));
    await job.post();
    return last;
  }

  return {
    async publish(repository, tag) {
      const store = join(fleet.folder, 'store');
      await mkdir(store, { recursive: true });
      const published = await inJob(tagContext(repository, tag), async (run) => {
        const built = green(
          await run({ action: 'checkout-build', with: { repository: `file://${repository.path}`, ref: tag } }),
        );
        const path = built.outputs.artifact ?? '';
        return run({ action: 'publish-artifact', with: { path, name: APP, store: `file://${store}` } });
      });
      return green(published).outputs.release ?? '';
    },
    deploy: (release, more) =>
      inJob({}, (run) => run({ action: 'deploy-vm', with: { ...fleetInputs, ...more, release } })),
    rollBack: (more) => inJob({}, (run) => run({ action: 'rollback', with: { ...fleetInputs, ...more } })),
  };
}

type Run = (step: StepOptions) => Promise<StepResult>;

function tagContext(repository: Repository, tag: string): Inputs {
  const ref = { ref: `refs/tags/${tag}`, ref_name: tag, ref_type: 'tag' };
  return { ...ref, sha: repository.commits.get(tag) ?? '' };
}

/** A step that must not fail: its log is the explanation when it does. */
function green(step: StepResult): StepResult {
  if (step.outcome !== 'success') throw new Error(`${step.name} ended as ${step.outcome}:\n${step.log}`);
  return step;
}
