import type { Target } from '@slipway/rollout/target';
import type { KubeLease } from './lease.ts';
import { CAPABILITIES, observe } from './observe.ts';
import { perform } from './perform.ts';
import { prune } from './prune.ts';
import { listSets } from './release-set.ts';
import type { ClusterSession } from './session.ts';

/**
 * An app in a namespace of a cluster as a target: one member, which Kubernetes replaces pod by pod. `lost` is aborted
 * when nothing more can be said to the cluster.
 */
export function createTarget(session: ClusterSession, lease: KubeLease, lost: AbortSignal): Target {
  const { records } = session;
  return {
    capabilities: CAPABILITIES,
    lost: AbortSignal.any([lost, lease.lost, records.lost]),
    lock: (waitMs, signal) => lease.lock(waitMs, signal),
    observe: () => observe(session),
    perform: (step, context) => perform(session, step, context),
    async record(entry, keep) {
      const [recorded, present] = await Promise.all([records.append(entry), listSets(session.api, session.place)]);
      session.recorded = recorded;
      await prune(session, present, keep);
    },
    unlock: () => lease.unlock(),
  };
}
