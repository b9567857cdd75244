import { digestOf } from '@slipway/kernel/digest';
import { canonicalJson, isObject, parseJson } from '@slipway/kernel/json';
import type { ReleaseId } from '@slipway/kernel/release';
import { succeeded } from '@slipway/rollout/ledger';
import type { MemberFailure, StepContext } from '@slipway/rollout/target';
import { onEach, viewOf } from './effect.ts';
import { describeCommand } from './hooks/hook.ts';
import { runOnHost } from './hooks/run-program.ts';
import { variablesOf } from './hooks/variables.ts';
import type { VmRun } from './vm-run.ts';

export const MIGRATION_SCHEMA = 'slipway.migration/v1';

/**
 * Brings the data to what the release needs: on the first of the members, in the release's folder. Whoever runs it
 * writes down on its own host, in one exec, that it began and how it ended; a deployment whose migration is done there
 * never runs it again, however often it is repeated. One that was cut off is run again.
 */
export async function migrate(
  run: VmRun,
  members: readonly string[],
  release: ReleaseId,
  context: StepContext,
): Promise<readonly MemberFailure[]> {
  const { brings, log } = run.options;
  const command = brings?.migrate;
  if (command === undefined) return [];
  const key = keyOf(run, release, command.argv);
  const done = [...run.sites.members.keys()].find((member) => viewOf(run, member).migrations.some(isDone(key)));
  if (done !== undefined) {
    log.info(`The migration to ${release.version} is done already, as ${done} has written down: it is not run again.`);
    return [];
  }
  const { id, attempt } = context.run;
  const line = (state: string): string =>
    `${canonicalJson({ schema: MIGRATION_SCHEMA, key, version: release.version, digest: release.digest, run: id, attempt, state })}\n`;
  return await onEach(run, members.slice(0, 1), (member) =>
    runOnHost(
      run,
      member,
      {
        title: `The migration to ${release.version} (${describeCommand(command.argv)})`,
        ...command,
        release,
        variables: variablesOf(run, { release, slot: null, members, outcome: null }, context),
        journal: { begun: line('begun'), done: line('done'), failed: line('failed') },
      },
      context.signal,
    ),
  );
}

/**
 * One deployment, however many runs it takes: to this release with this configuration, after the last one that
 * succeeded. The command is a part of it, since another command is another migration.
 */
function keyOf(run: VmRun, { digest, config = '' }: ReleaseId, argv: readonly string[]): string {
  const after = run.seen().observation.entries.findLast(succeeded)?.number ?? 0;
  return digestOf(canonicalJson({ digest, config, argv, after }));
}

function isDone(key: string): (line: string) => boolean {
  return (line) => {
    const value = parseJson(line);
    return isObject(value) && value.schema === MIGRATION_SCHEMA && value.key === key && value.state === 'done';
  };
}
