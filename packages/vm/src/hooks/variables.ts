import type { ReleaseId } from '@slipway/kernel/release';
import { liveId } from '@slipway/rollout/ledger';
import type { StepContext } from '@slipway/rollout/target';
import type { SlotName } from '@slipway/strategy/topology';
import type { VmRun } from '../vm-run.ts';

/** What a program of the user is about. */
export interface Scene {
  readonly release: ReleaseId;
  readonly slot: SlotName | null;
  /** The members of the step, or those in service at the end. */
  readonly members: readonly string[];
  /** How the deployment ended; null while it goes on. */
  readonly outcome: string | null;
}

/** The variables that hooks and migrations get, all of them always; what is not known is empty. */
export function variablesOf(
  run: VmRun,
  { release, slot, members, outcome }: Scene,
  context: StepContext,
): Readonly<Record<string, string>> {
  const { place, brings } = run.options;
  const live = liveId(run.seen().observation.entries);
  const left = context.phase === 'back' ? brings?.release : live;
  return {
    SLIPWAY_APP: place.app,
    SLIPWAY_ENVIRONMENT: place.environment,
    SLIPWAY_VERSION: release.version,
    SLIPWAY_DIGEST: release.digest,
    SLIPWAY_PREVIOUS_VERSION: left?.version ?? '',
    SLIPWAY_SLOT: slot ?? '',
    SLIPWAY_MEMBERS: members.join(' '),
    SLIPWAY_OUTCOME: outcome ?? '',
    SLIPWAY_PHASE: context.phase,
    SLIPWAY_RUN_URL: context.run.url,
    SLIPWAY_HOST: '',
    SLIPWAY_RELEASE_DIR: '',
  };
}
