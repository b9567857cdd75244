import { join } from 'node:path';
import type { Clock } from '@slipway/effects/clock';
import type { Argv, Exec, Finished } from '@slipway/effects/exec';
import { writeWhole } from '@slipway/effects/files';
import { formatDuration, humanSeconds } from '@slipway/kernel/duration';
import type { Log } from '@slipway/kernel/log';
import { type ReportsRead, readReports } from '@slipway/reports/read-reports';
import { noteStart, type ReportFiles, reportsSince } from './freshness.ts';
import type { BuildPlan, PlannedCommand } from './plan.ts';

export interface BuildPorts {
  readonly exec: Exec;
  readonly clock: Clock;
  readonly log: Log;
}

/** Where and how long. */
export interface BuildSite {
  /** The top folder of the project. */
  readonly folder: string;
  /** A private folder of ours on the same file system, outside of what the build sees. */
  readonly scratch: string;
  /** The environment of the commands. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For all commands together, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** How the commands ended: the first that fails is the last that runs. */
export type Ending =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly command: string; readonly status: string }
  | { readonly kind: 'timed-out'; readonly command: string; readonly after: string };

/** All that is known about a build when it is over. */
export interface BuildOutcome {
  readonly ending: Ending;
  readonly reports: ReportFiles;
  /** What the fresh reports say. */
  readonly read: ReportsRead;
}

/** Runs the commands of a plan and reads the reports that they wrote. A failed build is a result, not an error. */
export async function runBuild(plan: BuildPlan, site: BuildSite, ports: BuildPorts): Promise<BuildOutcome> {
  const before = await noteStart(site.folder, site.scratch, plan.reports);
  const ending = await runCommands(plan.commands, site, ports);
  const reports = await reportsSince(before, site.folder, plan.reports);
  const read = await readReports(reports.fresh.map((shown) => ({ path: join(site.folder, shown), shown })));
  return { ending, reports, read };
}

async function runCommands(
  commands: readonly PlannedCommand[],
  site: BuildSite,
  { exec, clock, log }: BuildPorts,
): Promise<Ending> {
  const deadline = clock.monotonic() + site.timeoutMs;
  for (const command of commands) {
    const shown = showCommand(command);
    const argv = await argvOf(command, site.scratch);
    const finished = await log.group(shown, () =>
      exec.run({
        argv,
        cwd: site.folder,
        env: site.env,
        timeoutMs: Math.max(1, deadline - clock.monotonic()),
        onLine: (line) => log.foreign(line),
        ...(site.signal === undefined ? {} : { signal: site.signal }),
      }),
    );
    if (finished.timedOut) return { kind: 'timed-out', command: shown, after: formatDuration(site.timeoutMs) };
    if (finished.code !== 0) return { kind: 'failed', command: shown, status: describeStatus(finished) };
    log.info(`${shown}: done in ${humanSeconds(finished.ms)}.`);
  }
  return { kind: 'done' };
}

/** How people know a command: a program with its arguments, or the input that holds the script. */
export function showCommand(command: PlannedCommand): string {
  return command.kind === 'program' ? command.argv.join(' ') : 'command';
}

/** A script goes to bash in a private file: in argv everybody on the machine could read what stands in it. */
async function argvOf(command: PlannedCommand, scratch: string): Promise<Argv> {
  if (command.kind === 'program') return command.argv;
  const file = join(scratch, 'command.sh');
  await writeWhole(file, `${command.script}\n`, 0o600);
  return ['bash', '--noprofile', '--norc', '-eo', 'pipefail', file];
}

function describeStatus({ code, signal }: Finished): string {
  return code === null ? `signal ${signal}` : `status ${code}`;
}
