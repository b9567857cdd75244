import { type Digest, shortDigest } from '@slipway/kernel/digest';
import type { ReleaseId } from '@slipway/kernel/release';
import { parseJournal, unfinished } from '@slipway/rollout/journal';
import type { Observation } from '@slipway/rollout/target';
import type { Capabilities } from '@slipway/strategy/topology';
import { isWorkload } from './kinds.ts';
import type { Recorded } from './records.ts';
import { isRecordedSecret } from './release-set.ts';
import { isJob } from './render/job-names.ts';
import { type ClusterSession, MEMBER } from './session.ts';

/** Kubernetes itself moves the traffic from pod to pod, so there is nothing to shift. */
export const CAPABILITIES: Capabilities = { weights: 'none', slots: 1, shifts: 'each', replaces: 'gradually' };

/** Records, and whether what was installed last runs now: whole, ready, and as it was applied. */
export async function observe(session: ClusterSession): Promise<Observation> {
  const { place, records } = session;
  // Looked at beside the records, since those say mostly what we know already.
  const guess = session.recorded;
  const early = whyNotReady(guess, session).catch(() => undefined);
  // A rollback may go anywhere, and must know what was ever rolled back from.
  const recorded = await records.read(session.returning ? 'whole' : 'kept');
  session.recorded = recorded;
  const { installed, entries, problems } = recorded;
  const release = installed === null ? null : identify(installed, session);
  const why = (isSame(guess, recorded) ? await early : undefined) ?? (await whyNotReady(recorded, session));
  return {
    topology: {
      capabilities: CAPABILITIES,
      members: [
        {
          id: MEMBER,
          name: place.namespace,
          slots: { blue: { release, healthy: installed !== null && why.length === 0, share: 100 } },
          drainedByOperator: false,
        },
      ],
    },
    entries,
    unfinished: unfinished(parseJournal(recorded.journal)).map(({ member }) => member),
    behind: [],
    notes: [...problems, ...why.map((sentence) => `Found so: ${sentence}`)],
  };
}

function isSame(a: Recorded, b: Recorded): boolean {
  return a.installed === b.installed && (a.cutOff === null) === (b.cutOff === null);
}

async function whyNotReady(
  { installed, cutOff }: Recorded,
  { sets, works }: ClusterSession,
): Promise<readonly string[]> {
  if (installed === null) return [];
  if (cutOff !== null) return ['a run before this one was cut off while it applied it'];
  const objects = await sets.find(installed);
  if (objects === undefined) return ['the objects that were applied last are not kept any more'];
  const asked = objects.filter((object) => !isJob(object) && !isRecordedSecret(object));
  const [unready, changed] = await Promise.all([works.judge(objects.filter(isWorkload)), works.drifted(asked)]);
  return [...unready, ...changed];
}

/** What the ledger does not know was applied by a run that never came to its end. */
function identify(digest: Digest, { recorded, sets }: ClusterSession): ReleaseId {
  const version = recorded.entries.find(({ release }) => release.digest === digest)?.release.version;
  const brought = sets.brought?.set.digest === digest ? sets.brought.release.version : undefined;
  return { digest, version: version ?? brought ?? shortDigest(digest) };
}
