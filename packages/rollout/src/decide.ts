import type { Digest } from '@slipway/kernel/digest';
import { isProblems, type Problem } from '@slipway/kernel/errors';
import { type ReleaseRecord, type RunRef, releaseId } from '@slipway/kernel/release';
import type { DeployRequest, Plan } from '@slipway/strategy/plan';
import { plan } from '@slipway/strategy/planner';
import { chooseRollback, leaving } from './choose.ts';
import { live } from './ledger.ts';
import { isOlder } from './order.ts';
import type { Observation } from './target.ts';

/** What is wanted: this release, the way back to one of the ledger, or what the ledger calls live after a cut-off run. */
export type Intent =
  | { readonly kind: 'deploy'; readonly release: ReleaseRecord; readonly allowOlder: boolean }
  | { readonly kind: 'rollback'; readonly to: string }
  | { readonly kind: 'restore' };

/** How to get there; the release is decided from the intent. */
export type Tactics = Without<DeployRequest, 'release'>;

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

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
  const { release, left } = wanted(intent, run, seen);
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

interface Wanted {
  readonly release: ReleaseRecord | readonly Problem[];
  readonly left: Digest | null;
}

function wanted(intent: Intent, run: RunRef, { entries, topology }: Observation): Wanted {
  if (intent.kind === 'deploy') return { release: intent.release, left: null };
  if (intent.kind === 'restore') return { release: live(entries) ?? NOTHING_WAS_LIVE, left: null };
  // A rollback that is repeated, since it died while it wrote its entry, must not go back a second time.
  const others = entries.filter((entry) => entry.run.id !== run.id);
  const left = leaving(others, topology);
  return { release: chooseRollback(others, left, intent.to), left };
}

const NOTHING_WAS_LIVE: readonly Problem[] = [
  { what: 'Nothing was live here before, so there is nothing to bring back.', fix: 'run the deployment again' },
];
