import type { Digest } from '@slipway/kernel/digest';
import { isProblems, type Problem } from '@slipway/kernel/errors';
import { type ReleaseRecord, type RunRef, releaseId } from '@slipway/kernel/release';
import type { DeployRequest, Plan } from '@slipway/strategy/plan';
import { plan } from '@slipway/strategy/planner';
import { chooseRollback, leaving } from './choose.ts';
import { live } from './ledger.ts';
import { isOlder } from './order.ts';
import type { Observation } from './target.ts';

/** What the user wants: this release, or the way back to one of the ledger. */
export type Intent =
  | { readonly kind: 'deploy'; readonly release: ReleaseRecord; readonly allowOlder: boolean }
  | { readonly kind: 'rollback'; readonly to: string };

/** How to get there; the release is decided from the intent. */
export type Tactics = Omit<DeployRequest, 'release'>;

export type Decision =
  | { readonly kind: 'superseded'; readonly release: ReleaseRecord; readonly by: ReleaseRecord }
  | {
      readonly kind: 'go';
      readonly release: ReleaseRecord;
      readonly plan: Plan;
      /** The release that a rollback leaves. */
      readonly bad: Digest | null;
      /** Nothing to do, and the ledger says so too. */
      readonly settled: boolean;
    };

/** From what is wanted and what is seen to what is done; pure, so that `mode: plan` shows exactly what would run. */
export function decide(
  intent: Intent,
  tactics: Tactics,
  run: RunRef,
  seen: Observation,
): Decision | readonly Problem[] {
  const current = live(seen.entries);
  // A rollback that is repeated, since it died while it wrote its entry, must not go back a second time.
  const others = seen.entries.filter((entry) => entry.run.id !== run.id);
  const left = intent.kind === 'rollback' ? leaving(others, seen.topology) : null;
  const release = intent.kind === 'deploy' ? intent.release : chooseRollback(others, left, intent.to);
  if (isProblems(release)) return release;
  if (intent.kind === 'deploy' && !intent.allowOlder && current !== null && isOlder(release, current)) {
    return { kind: 'superseded', release, by: current };
  }

  const planned = plan({ ...tactics, release: releaseId(release) }, seen.topology);
  if (isProblems(planned)) return planned;
  return {
    kind: 'go',
    release,
    plan: planned,
    bad: left === release.digest ? null : left,
    settled: planned.steps.length === 0 && current?.digest === release.digest,
  };
}
