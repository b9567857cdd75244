import type { KubeObject } from '../object.ts';
import { at, countAt, textAt } from './fields.ts';
import { CURABLE_MS, NEVER, RETRY_MS } from './finding.ts';
import { amountOf } from './quantity.ts';
import { isTerminating, type Scene } from './scene.ts';

/** How long a quota that is used up may still get free for this rollout. */
export function quotaPatience(message: string, scene: Scene): number {
  if (asksForMoreThanAll(message)) return CURABLE_MS;
  if (scene.pods.some(isTerminating)) return NEVER;
  return replacesPods(scene) ? RETRY_MS : CURABLE_MS;
}

/** `requested: pods=1,limits.memory=20Gi, used: ..., limited: ...`: no pod that goes makes room enough. */
function asksForMoreThanAll(message: string): boolean {
  const amounts = (word: string): Map<string, string> => {
    const [, list = ''] = new RegExp(`${word}: ([^ ]*)`).exec(message) ?? [];
    return new Map(
      list.split(',').map((pair): [string, string] => [pair.split('=')[0] ?? '', pair.split('=')[1] ?? '']),
    );
  };
  const limits = amounts('limited');
  return [...amounts('requested')].some(([name, asked]) => amountOf(asked) > amountOf(limits.get(name) ?? asked));
}

/** Whether old pods go before new ones come, so that there is room again later. */
function replacesPods({ workload, replicaSets, revisions }: Scene): boolean {
  switch (workload.kind) {
    case 'Deployment':
      return replicaSets.length > 1 && mostUnavailable(workload) > 0;
    case 'StatefulSet':
      return textAt(workload, 'status', 'currentRevision') !== textAt(workload, 'status', 'updateRevision');
    default:
      return revisions.length > 1;
  }
}

function mostUnavailable(deployment: KubeObject): number {
  if (at(deployment, 'spec', 'strategy', 'type') === 'Recreate') return countAt(deployment, 'spec', 'replicas');
  const told = at(deployment, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable');
  if (typeof told !== 'string') return countAt(deployment, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable');
  return Math.floor((Number.parseInt(told, 10) / 100) * countAt(deployment, 'spec', 'replicas'));
}
