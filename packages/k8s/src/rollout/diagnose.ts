import type { KubeObject } from '../object.ts';
import { containerFindings } from './containers.ts';
import { creationFindings } from './creation.ts';
import { textAt } from './fields.ts';
import { CAUSES, type Finding } from './finding.ts';
import { podFindings } from './pods.ts';
import { revisionsOf } from './revision.ts';
import { isReady, type Scene } from './scene.ts';

/**
 * All that keeps the new revision of a workload from getting ready, what is nearest to the root first. Pods of other
 * revisions are nobody's concern here: that they are broken may be why there is a new one. Of what is `over`, such as a
 * Job that gave up, pods on their way out count too: nobody else can tell why.
 */
export function diagnose(scene: Scene, over = false): readonly Finding[] {
  const fresh = revisionsOf(scene)?.fresh ?? [];
  const pods = over ? [...fresh, ...scene.pods.filter((pod) => !fresh.includes(pod))] : fresh;
  const provedElsewhere = pods.some(isReady);
  return [...creationFindings(scene), ...pods.flatMap((pod) => findingsOf(pod, scene, provedElsewhere))].toSorted(
    (a, b) => CAUSES.indexOf(a.cause) - CAUSES.indexOf(b.cause),
  );
}

/** What is wrong with one pod, of whatever revision. */
export function findingsOf(pod: KubeObject, scene: Scene, provedElsewhere: boolean): readonly Finding[] {
  if (isReady(pod)) return [];
  const { workload } = scene;
  const isServer = workload.kind !== 'Job' && textAt(workload, 'spec', 'restartPolicy') !== 'Never';
  const events = scene.events.filter((event) => textAt(event, 'involvedObject', 'uid') === pod.metadata.uid);
  return [...podFindings(pod, events, scene), ...containerFindings({ pod, events, provedElsewhere, isServer })];
}
