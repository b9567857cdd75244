import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Masker } from './masker.ts';
import { type Exit, type RunningProcess, startProcess } from './process.ts';
import { createStepFiles, type Written } from './step-files.ts';
import { type Annotation, createStepLog, type StepLog } from './step-log.ts';

/** How a step ended, as a workflow sees it. */
export interface StepResult {
  readonly name: string;
  readonly outcome: 'success' | 'failure' | 'cancelled';
  /** As later steps of the same job read them. */
  readonly outputs: Readonly<Record<string, string>>;
  /** As other jobs read them: the runner drops each one that holds masked text, with a warning. */
  readonly jobOutputs: Readonly<Record<string, string>>;
  /** What the step left for its post step. */
  readonly state: Readonly<Record<string, string>>;
  /** The masked log, lines joined by LF. */
  readonly log: string;
  readonly annotations: readonly Annotation[];
  /** The job summary, masked; undefined when there is none, or it was too long. */
  readonly summary: string | undefined;
  /** The workflow commands that the runner obeyed, in order. */
  readonly commands: readonly string[];
  readonly exit: Exit;
  /** From the start of the process to its exit, in milliseconds. */
  readonly ms: number;
  /** What it adds to the environment and the PATH of the steps after it. */
  readonly env: Readonly<Record<string, string>>;
  readonly path: readonly string[];
}

export interface RunningStep {
  readonly pid: number;
  readonly step: Promise<StepResult>;
  /** What the runner does when a job is cancelled: SIGINT, 7.5 s, SIGTERM, 2.5 s, SIGKILL, to this process alone. */
  cancel(): Promise<StepResult>;
  /** SIGKILL, at once. */
  kill(): Promise<StepResult>;
  /** The first line of the log, past or to come, that matches; rejects when the step ends without one. */
  seen(pattern: RegExp): Promise<string>;
}

export interface Stage {
  readonly name: string;
  readonly script: string;
  readonly workspace: string;
  readonly temp: string;
  readonly env: Readonly<Record<string, string>>;
  readonly masker: Masker;
  readonly debug: boolean;
  /** Lines that the runner itself writes first. */
  readonly warnings: readonly string[];
}

/** One stage (pre, main or post) of one step: a process, its output and its files. */
export function startStage(stage: Stage): RunningStep {
  const watchers = new Set<(line: string) => void>();
  const log = createStepLog(stage.masker, {
    debug: stage.debug,
    onWritten: (line) => {
      for (const watcher of watchers) watcher(line);
    },
  });
  for (const warning of stage.warnings) log.annotate('warning', warning);
  const files = createStepFiles(join(stage.temp, '_runner_file_commands', randomUUID()));
  let cancelled = false;
  const running: RunningProcess = startProcess({
    script: stage.script,
    cwd: stage.workspace,
    env: { ...stage.env, ...files.variables },
    onLine: (line) => log.line(line),
  });
  const step = running.exited.then((exit) => {
    if (cancelled) log.annotate('error', 'The operation was canceled.');
    return conclude(stage, exit, cancelled, log, files.read());
  });
  // Whoever waits for a line learns of a failure there; a step that nobody awaits is not an unhandled rejection.
  step.catch(() => {});

  return {
    pid: running.pid,
    step,
    async cancel() {
      cancelled = true;
      await running.cancel();
      return await step;
    },
    async kill() {
      running.kill();
      return await step;
    },
    seen(pattern) {
      const past = log.written.find((line) => pattern.test(line));
      if (past !== undefined) return Promise.resolve(past);
      return new Promise((resolve, reject) => {
        const watcher = (line: string): void => {
          if (pattern.test(line)) resolve(line);
        };
        watchers.add(watcher);
        step.then(
          ({ log: whole }) => reject(new Error(`${stage.name} never said ${String(pattern)}:\n${whole}`)),
          reject,
        );
      });
    },
  };
}

function conclude(stage: Stage, exit: Exit, cancelled: boolean, log: StepLog, written: Written): StepResult {
  for (const message of [...written.failures, ...written.complaints]) log.annotate('error', message);
  const outputs = { ...Object.fromEntries(log.outputs), ...written.outputs };
  const kept = Object.entries(outputs).filter(([name, value]) => {
    const isClean = stage.masker.mask(value) === value;
    if (!isClean) log.annotate('warning', `Skip output '${name}' since it may contain secret.`);
    return isClean;
  });
  const failed = exit.code !== 0 || log.hasFailed() || written.failures.length > 0;
  return {
    name: stage.name,
    outcome: cancelled ? 'cancelled' : failed ? 'failure' : 'success',
    outputs,
    jobOutputs: Object.fromEntries(kept),
    state: { ...Object.fromEntries(log.state), ...written.state },
    log: log.written.join('\n'),
    annotations: log.annotations,
    summary: written.summary === undefined ? undefined : stage.masker.mask(written.summary),
    commands: log.obeyed,
    exit,
    ms: exit.ms,
    env: written.env,
    path: written.path,
  };
}
