import { formatDuration } from '@slipway/kernel/duration';
import type { ReleaseId } from '@slipway/kernel/release';
import { releaseFolder } from '../layout.ts';
import { HostError } from '../remote.ts';
import { FENCED_STATUS } from '../ssh/step.ts';
import { script } from '../steps/scripts.ts';
import { memberSite, type VmRun } from '../vm-run.ts';

const LAST_LINES = 50;

export interface Program {
  /** What people call it. */
  readonly title: string;
  readonly argv: readonly [string, ...string[]];
  readonly timeoutMs: number;
  readonly variables: Readonly<Record<string, string>>;
}

/** On a host: in a release's folder with its environment, or with null in the folder of the app. */
export interface HostProgram extends Program {
  readonly release: ReleaseId | null;
  /** Lines for the journal of migrations. */
  readonly journal?: { readonly begun: string; readonly done: string; readonly failed: string };
}

/** Runs a program of the user on a member; what it writes goes to the log. Rejects with its last lines. */
export async function runOnHost(run: VmRun, member: string, program: HostProgram, signal: AbortSignal): Promise<void> {
  const { session, base } = memberSite(run, member);
  const { argv, release, journal, timeoutMs } = program;
  const variables = { ...program.variables, SLIPWAY_HOST: member };
  const finished = await session.run({
    label: 'program',
    script: [script('common'), script('program')].join('\n'),
    vars: {
      base,
      dir: release === null ? '' : releaseFolder(release),
      config: release?.config ?? '',
      argument_count: String(argv.length),
      ...Object.fromEntries(argv.map((word, index) => [`argument_${index + 1}`, word])),
      env_names: [...Object.keys(variables), 'SLIPWAY_RELEASE_DIR'].join(' '),
      env_SLIPWAY_RELEASE_DIR: '',
      ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [`env_${name}`, value])),
      line_begun: journal?.begun ?? '',
      line_done: journal?.done ?? '',
      line_failed: journal?.failed ?? '',
    },
    fence: 'fenced',
    timeoutMs,
    signal,
  });
  if (finished.code === FENCED_STATUS)
    throw new HostError(`The lease of ${member} is lost: another run has taken it over.`);
  await judge(run, program, `${member}: `, finished);
}

/** Runs a program of the user on the runner, in its workspace. */
export async function runOnRunner(run: VmRun, program: Program, signal: AbortSignal): Promise<void> {
  const { exec, folder, env } = run.options.runner;
  const { argv, timeoutMs, variables } = program;
  const finished = await exec.run({
    argv,
    cwd: folder,
    env: { ...withoutOurs(env), ...variables },
    timeoutMs,
    signal,
  });
  signal.throwIfAborted();
  const stdout = [finished.stdout, finished.stderr].filter((text) => text !== '').join('\n');
  await judge(run, program, '', { ...finished, stdout });
}

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly timedOut: boolean;
}

async function judge(
  { options: { log } }: VmRun,
  { title, timeoutMs }: Program,
  where: string,
  ended: Ended,
): Promise<void> {
  const said = ended.stdout.split('\n').filter((line) => line.trim() !== '');
  if (said.length > 0) await log.group(`${where}${title}`, async () => log.foreign(said.join('\n')));
  if (ended.code === 0) return;
  const how = ended.timedOut
    ? `did not end within ${formatDuration(timeoutMs)}, so it was ended with all that it had started`
    : `ended with ${ended.signal ?? `status ${ended.code}`}`;
  throw new HostError(`${title} ${how}.`, said.slice(-LAST_LINES));
}

/** The environment for programs of the user: inputs, and what only this action may say to its runner, stay with it. */
export function withoutOurs(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(INPUT_|STATE_|ACTIONS_|GITHUB_(OUTPUT|STATE)$)/.test(name)),
  );
}
