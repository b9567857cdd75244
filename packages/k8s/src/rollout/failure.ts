import { formatDuration } from '@slipway/kernel/duration';
import { type ExplainPorts, explain, type RolloutTrouble } from './explain.ts';
import type { Finding } from './finding.ts';
import type { Look } from './look.ts';

/** At least one workload did not get ready; each trouble is about one of them. */
export class RolloutFailure extends Error {
  override readonly name = 'RolloutFailure';
  readonly troubles: readonly RolloutTrouble[];

  constructor(troubles: readonly RolloutTrouble[]) {
    super(troubles.map(({ what }) => what).join('\n'));
    this.troubles = troubles;
  }
}

/** Explained: what nobody can cure any more comes first. `timeoutMs` when it is the time that is over. */
export async function failureOf(
  looks: readonly Look[],
  isDue: (finding: Finding) => boolean,
  timeoutMs: number | undefined,
  ports: ExplainPorts,
): Promise<RolloutFailure> {
  const troubles = looks.map(({ scene, readiness, findings }) => {
    const how =
      readiness.kind === 'failed'
        ? `cannot be rolled out: ${readiness.why}`
        : timeoutMs === undefined
          ? `cannot be rolled out (${readiness.why})`
          : `was not ready within ${formatDuration(timeoutMs)} (${readiness.why})`;
    return explain(scene, how, [...findings.filter(isDue), ...findings.filter((each) => !isDue(each))], ports);
  });
  return new RolloutFailure(await Promise.all(troubles));
}
