import type { RunRef } from '@slipway/kernel/release';
import type { Env } from './read-inputs.ts';

/** Where and for whom this run is, as the runner says: read once, at the edge. */
export interface RunContext {
  readonly workspace: string;
  /** A folder that the runner empties after the job. */
  readonly temp: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly ref: string;
  readonly sha: string;
  readonly run: RunRef;
  readonly actor: string;
  readonly event: string;
}

export function runContext(env: Env): RunContext {
  const repository = env.GITHUB_REPOSITORY ?? '';
  const id = env.GITHUB_RUN_ID ?? '0';
  return Object.freeze({
    workspace: env.GITHUB_WORKSPACE ?? process.cwd(),
    temp: env.RUNNER_TEMP ?? env.TMPDIR ?? '/tmp',
    repository,
    ref: env.GITHUB_REF ?? '',
    sha: env.GITHUB_SHA ?? '',
    run: {
      id,
      attempt: Number(env.GITHUB_RUN_ATTEMPT ?? '1'),
      number: Number(env.GITHUB_RUN_NUMBER ?? '0'),
      url: `${env.GITHUB_SERVER_URL ?? 'https://github.com'}/${repository}/actions/runs/${id}`,
    },
    actor: env.GITHUB_ACTOR ?? '',
    event: env.GITHUB_EVENT_NAME ?? '',
  });
}
