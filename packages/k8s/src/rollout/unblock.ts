import { messageOf } from '@slipway/kernel/errors';
import type { Log } from '@slipway/kernel/log';
import type { KubeApi } from '../api.ts';
import { describeRef, refOf } from '../object.ts';
import { findingsOf } from './diagnose.ts';
import { AT_ONCE } from './finding.ts';
import { REVISION_HASH } from './revision.ts';
import type { Scene } from './scene.ts';
import { blockingPod } from './stateful-set.ts';

export interface UnblockPorts {
  readonly api: Pick<KubeApi, 'remove'>;
  readonly log: Log;
  /** Milliseconds since this was first asked for. */
  readonly since: (key: string) => number;
}

/** An old pod that is only restarting gets ready within this time. */
const PATIENCE_MS = 5_000;

/**
 * Deletes the broken pod that an ordered StatefulSet waits for, since its controller never replaces it (Kubernetes 1.34
 * and before). It is of a revision that is being left, and not in service: nothing is lost by it.
 */
export async function unblock(scene: Scene, freed: Set<string>, { api, log, since }: UnblockPorts): Promise<void> {
  const pod = blockingPod(scene);
  const uid = pod?.metadata.uid;
  if (pod === undefined || uid === undefined || freed.has(uid)) return;
  const findings = findingsOf(pod, scene, false);
  const isBroken = findings.some(({ terminalAfterMs }) => terminalAfterMs === AT_ONCE);
  if (since(`blocking ${uid}`) < (isBroken ? 0 : PATIENCE_MS)) return;
  freed.add(uid);
  const why = findings[0]?.what ?? `pod ${pod.metadata.name} is not ready.`;
  const revision = pod.metadata.labels?.[REVISION_HASH];
  log.info(
    `${describeRef(scene.awaited.ref)} waits for a broken pod of ${revision}, which it would never replace by itself; the pod is deleted. ${why}`,
  );
  try {
    await api.remove(refOf(pod), { uid });
  } catch (cause) {
    log.warning(`Pod ${pod.metadata.name} could not be deleted: ${messageOf(cause)}`);
  }
}
