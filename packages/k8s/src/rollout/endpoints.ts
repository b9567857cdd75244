import type { KubeObject } from '../object.ts';
import { at, listAt, selects, textAt, wordsAt } from './fields.ts';
import { isReady, type Scene, serviceOf } from './scene.ts';

/**
 * Why requests do not yet go where they belong, or undefined when they do: each fresh pod is in service behind each
 * Service that selects it, and no other pod of the workload is, as the EndpointSlices have it.
 */
export function lateEndpoints(scene: Scene, fresh: readonly KubeObject[]): string | undefined {
  const others = scene.pods.filter((pod) => !fresh.includes(pod));
  for (const service of scene.services) {
    const { name } = service.metadata;
    // Such a Service names every pod until it is gone: nothing can be read off it.
    if (service.spec?.publishNotReadyAddresses === true) continue;
    const served = servedBy(scene.slices.filter((slice) => serviceOf(slice) === name));
    const isServed = ({ metadata }: KubeObject): boolean => served.has(metadata.uid ?? '');
    const selector = wordsAt(service, 'spec', 'selector');
    const wanted = fresh.filter((pod) => isReady(pod) && selects(selector, pod.metadata.labels ?? {}));
    const there = wanted.filter(isServed);
    if (there.length < wanted.length) return `${there.length} of ${wanted.length} in service behind ${name}`;
    const left = others.filter(isServed);
    if (left.length > 0) return `${left.length} old still in service behind ${name}`;
  }
  return undefined;
}

function servedBy(slices: Scene['slices']): ReadonlySet<string> {
  // An absent condition means that nobody knows, and is to be taken as ready.
  const ready = slices
    .flatMap((slice) => listAt(slice, 'endpoints'))
    .filter(({ conditions }) => at(conditions, 'ready') !== false);
  return new Set(ready.map((endpoint) => textAt(endpoint, 'targetRef', 'uid')));
}
