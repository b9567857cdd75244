import { isProblems, type Problem } from '@slipway/kernel/errors';
import { type ReleaseId, type ReleaseRecord, type RunRef, releaseId, sameRelease } from '@slipway/kernel/release';
import { withMigration } from '@slipway/strategy/migration';
import type { DeployRequest, Plan } from '@slipway/strategy/plan';
import { plan } from '@slipway/strategy/planner';
import { chooseRollback, leaving } from './choose.ts';
import type { LedgerEntry, Settings } from './entry.ts';
import { live, liveId, succeeded } from './ledger.ts';
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
      readonly bad: ReleaseId | null;
      /** Nothing to do, and the ledger says so too. */
      readonly settled: boolean;
      /** How the target runs it. */
      readonly settings: Settings | undefined;
    };

/** From what is wanted and what is seen to what is done; pure, so that `mode: plan` shows exactly what would run. */
export function decide(
  intent: Intent,
  tactics: Tactics,
  run: RunRef,
  seen: Observation,
): Decision | readonly Problem[] {
  const current = live(seen.entries);
  const { deployment, left } = wanted(intent, run, seen);
  if (isProblems(deployment)) return deployment;
  const { release, config, settings } = deployment;
  const lacking = withoutEnvironment(intent, config, seen);
  if (lacking.length > 0) return lacking;
  const id = { ...releaseId(release), ...(config === undefined ? {} : { config }) };
  if (intent.kind === 'deploy' && !intent.allowOlder && current !== null && isOlder(release, current)) {
    return { kind: 'superseded', release, by: current };
  }

  const planned = plan({ ...tactics, release: id }, seen.topology);
  if (isProblems(planned)) return planned;
  return {
    kind: 'go',
    release,
    settings,
    plan: migrates(intent, id, seen) ? withMigration(planned) : planned,
    bad: sameRelease(left, id) ? null : left,
    settled: planned.steps.length === 0 && sameRelease(liveId(seen.entries), id),
  };
}

/** What is live has its data already: bringing back its traffic is no deployment. */
function migrates(intent: Intent, release: ReleaseId, { migrates: asked, entries }: Observation): boolean {
  return intent.kind === 'deploy' && asked === true && !sameRelease(liveId(entries), release);
}

/** A secret that is misspelt or not there reads as no text at all: that must not take the environment away. */
function withoutEnvironment(intent: Intent, config: string | undefined, { entries }: Observation): readonly Problem[] {
  const current = liveId(entries);
  if (intent.kind !== 'deploy' || config !== undefined || current?.config === undefined) return [];
  return [
    {
      what: `${current.version}, which is live, runs with an environment, and this deployment brings none.`,
      allowed: 'an env-file; one with nothing but a comment takes the environment away',
      fix: 'env-file: ${{ secrets.ENV_FILE }}',
    },
  ];
}

interface Wanted {
  readonly deployment: Pick<LedgerEntry, 'release' | 'config' | 'settings'> | readonly Problem[];
  readonly left: ReleaseId | null;
}

function wanted(intent: Intent, run: RunRef, { entries, topology, ...brought }: Observation): Wanted {
  if (intent.kind === 'deploy') {
    const { config, settings } = brought;
    return {
      deployment: {
        release: intent.release,
        ...(config === undefined ? {} : { config }),
        ...(settings === undefined ? {} : { settings }),
      },
      left: null,
    };
  }
  if (intent.kind === 'restore') return { deployment: entries.findLast(succeeded) ?? NOTHING_WAS_LIVE, left: null };
  // A rollback that is repeated, since it died while it wrote its entry, must not go back a second time.
  const others = entries.filter((entry) => entry.run.id !== run.id);
  const left = leaving(others, topology);
  return { deployment: chooseRollback(others, left, intent.to), left };
}

const NOTHING_WAS_LIVE: readonly Problem[] = [
  { what: 'Nothing was live here before, so there is nothing to bring back.', fix: 'run the deployment again' },
];
