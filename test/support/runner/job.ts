import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { temporaryFolder } from '../temp.ts';
import { inputVariables, isDue, resolveAction, type StepOptions, unexpectedInputs } from './action.ts';
import type { ActionFile } from './action-file.ts';
import { DEFAULT_CONTEXT, type GithubContext, jobEnvironment, stateVariables } from './environment.ts';
import { createMasker } from './masker.ts';
import { findOrphans, killOrphans, type Orphan } from './orphans.ts';
import { type RunningStep, type StepResult, startStage } from './step.ts';

export type { ScriptAction, StepOptions } from './action.ts';
export type { RunningStep, StepResult } from './step.ts';
export type { Annotation } from './step-log.ts';

export interface JobOptions {
  /** Default: an empty folder that goes with the job. */
  readonly workspace?: string;
  /** `env:` of the job. */
  readonly env?: Readonly<Record<string, string>>;
  /** Texts that are masked from the start, as the job's secrets are. */
  readonly secrets?: readonly string[];
  /** Parts of the github context that are not as usual: `{ run_number: '7' }`. */
  readonly github?: GithubContext;
  /** What an action's name runs: its committed bundle (default) or its TypeScript. */
  readonly code?: 'dist' | 'source';
  /** Step debugging. */
  readonly debug?: boolean;
}

/**
 * One job on an emulated runner. Steps run one by one; whether a step runs after a failed one is the caller's choice.
 * Dispose of it at the end: `await using job = createJob()`.
 */
export interface Job extends AsyncDisposable {
  readonly workspace: string;
  /** RUNNER_TEMP. */
  readonly temp: string;
  /** The pre script of a step that is run later with the same options object. */
  pre(options: StepOptions): Promise<StepResult>;
  run(options: StepOptions): Promise<StepResult>;
  start(options: StepOptions): RunningStep;
  /** The post steps of all steps that began, last first. A runner that is lost never comes here. */
  post(): Promise<readonly StepResult[]>;
  /** What the job's processes left behind, which the runner kills at the end of a job: after the post steps. */
  orphans(): readonly Orphan[];
}

/** A step from its first stage to its last, with the state that it hands from one to the next. */
interface Entry {
  readonly action: ActionFile;
  readonly options: StepOptions;
  state: Readonly<Record<string, string>>;
}

export function createJob(options: JobOptions = {}): Job {
  const folder = temporaryFolder('slipway-job-');
  const workspace = options.workspace ?? folder.at('workspace');
  const temp = folder.at('temp');
  for (const path of [workspace, join(temp, '_github_workflow')]) mkdirSync(path, { recursive: true });
  writeFileSync(join(temp, '_github_workflow', 'event.json'), '{}');

  const context: GithubContext = { ...DEFAULT_CONTEXT, ...options.github, workspace };
  const trackingId = `github_${randomUUID()}`;
  const debug = options.debug ?? false;
  const masker = createMasker();
  for (const secret of [...(options.secrets ?? []), context.token ?? '']) masker.addWithLines(secret.trim());
  let env = { ...jobEnvironment({ context, workspace, temp, trackingId, debug }), ...options.env };
  const begun = new Map<StepOptions, Entry>();
  const results: Promise<StepResult>[] = [];
  const posts: Entry[] = [];

  function enter(step: StepOptions): Entry {
    const known = begun.get(step);
    begun.delete(step);
    if (known !== undefined) return known;
    const entry: Entry = { action: resolveAction(step.action, options.code ?? 'dist'), options: step, state: {} };
    // Registered before anything runs: whatever becomes of main, post runs.
    if (entry.action.post !== undefined) posts.push(entry);
    return entry;
  }

  function stage(kind: 'Pre ' | '' | 'Post ', entry: Entry, script: string): RunningStep {
    const { action, options: step } = entry;
    const running = startStage({
      name: `${kind}${action.name}`,
      script,
      workspace,
      temp,
      env: { ...env, ...step.env, ...inputVariables(action, step, context), ...stateVariables(entry.state) },
      masker,
      debug,
      warnings: kind === '' ? unexpectedInputs(action, step) : [],
    });
    const result = running.step.then((ended) => {
      entry.state = { ...entry.state, ...ended.state };
      env = { ...env, ...ended.env, PATH: [...ended.path.toReversed(), env.PATH ?? ''].join(delimiter) };
      return ended;
    });
    results.push(result);
    return { ...running, step: result };
  }

  function start(step: StepOptions): RunningStep {
    const entry = enter(step);
    return stage('', entry, entry.action.main);
  }

  return {
    workspace,
    temp,
    start,
    async pre(step) {
      const entry = enter(step);
      begun.set(step, entry);
      if (entry.action.pre === undefined) throw new Error(`${entry.action.name} has no pre script`);
      return await stage('Pre ', entry, entry.action.pre).step;
    },
    run: (step) => start(step).step,
    async post() {
      const before = await Promise.all(results);
      const done: StepResult[] = [];
      for (const entry of posts.splice(0).toReversed()) {
        if (entry.action.post === undefined || !isDue(entry.action.postIf, before)) continue;
        done.push(await stage('Post ', entry, entry.action.post).step);
      }
      return done;
    },
    orphans: () => findOrphans(trackingId),
    async [Symbol.asyncDispose]() {
      killOrphans(findOrphans(trackingId));
      await Promise.allSettled(results);
      await folder[Symbol.asyncDispose]();
    },
  };
}
