import { join, resolve } from 'node:path';
import { findArtifact } from '@slipway/build/artifact';
import { buildEnvironment } from '@slipway/build/environment';
import { isGreen, judge } from '@slipway/build/evidence';
import { planBuild } from '@slipway/build/plan';
import { probeTool } from '@slipway/build/probe';
import { readProject } from '@slipway/build/project';
import { runBuild } from '@slipway/build/run-build';
import { withScratch } from '@slipway/build/scratch';
import { failedTitle, renderSummary } from '@slipway/build/summary';
import type { Clock } from '@slipway/effects/clock';
import type { Exec } from '@slipway/effects/exec';
import { orThrow, UserError, userError } from '@slipway/kernel/errors';
import { writeOutputs } from '@slipway/kit/outputs';
import type { Runtime } from '@slipway/kit/run-action';
import { writeSummary } from '@slipway/kit/summary';
import { type CheckoutRequest, checkOut } from '@slipway/source/checkout';
import { trusting, withGitConfig } from '@slipway/source/git-config';
import { parseRepository, sameRepository } from '@slipway/source/repository';
import { action, type Inputs } from './inputs.ts';

export interface Ports extends Runtime {
  readonly exec: Exec;
  readonly clock: Clock;
}

/** Failed tests that become annotations: the runner shows ten, and the verdict needs one. */
const ANNOTATED = 8;

export async function run(inputs: Inputs, ports: Ports): Promise<void> {
  const { log, env, signal } = ports;
  const request = requestOf(inputs, ports);
  const { folder } = request;

  const source = await log.group(`Check out ${request.repository.name}`, () => checkOut(request, ports));
  writeOutputs(action.outputs, { commit: source.commit, ref: source.ref, version: source.describe });

  const plan = orThrow(planBuild(inputs, await readProject(folder)));
  log.info(`Build with ${plan.tool}: ${plan.because}.`);
  const outcome = await withScratch(join(folder, '.git'), async (scratch) => {
    const buildEnv = withGitConfig(buildEnvironment(env), [trusting(folder)]);
    const site = { folder, scratch, env: buildEnv, timeoutMs: inputs.timeout, signal };
    await probeTool(plan, site, ports);
    return await runBuild(plan, site, ports);
  });

  const { results } = outcome.read;
  const verdict = judge(outcome, plan, inputs.untested);
  const made = isGreen(verdict) ? await findArtifact(plan.artifact, folder) : { kind: 'none' as const };
  const artifact = made.kind === 'found' ? made.path : '';

  for (const test of results.failed.slice(0, ANNOTATED)) log.error(`${failedTitle(test)}: ${test.message}`);
  writeOutputs(action.outputs, { artifact, tests: JSON.stringify(results.counts), verdict: verdict.name });
  await writeSummary(
    renderSummary({ ...source, version: source.describe, tool: plan.tool, verdict, results, artifact }),
    env,
  );
  if (!isGreen(verdict)) throw userError(verdict.sentence, verdict.fix);
  if (made.kind === 'refused') throw new UserError(made.problem);
  if (made.kind === 'none')
    log.warning('The build made no artifact that we know of. To name one, write: artifact: dist');
  log.info(`${verdict.sentence} ${artifact === '' ? '' : `The artifact is ${artifact}.`}`);
}

/** The own repository is built at the commit of the event, every other one at its default branch. */
function requestOf(inputs: Inputs, { context, env }: Ports): CheckoutRequest {
  const server = env.GITHUB_SERVER_URL ?? 'https://github.com';
  const repository = orThrow(parseRepository(inputs.repository ?? context.repository, server));
  const isOwn = context.sha !== '' && sameRepository(repository.url, `${server}/${context.repository}`);
  return {
    repository,
    ref: inputs.ref ?? '',
    folder: resolve(context.workspace, inputs.path ?? '.'),
    token: inputs.token,
    ...(isOwn ? { event: { ref: context.ref, commit: context.sha } } : {}),
  };
}
