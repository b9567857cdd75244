import type { KubeApi } from './api.ts';
import { inApplyOrder } from './manifests/order.ts';
import { groupOf, type KubeObject, refOf } from './object.ts';

/** What holds data, or more than this release; and Jobs, which have happened. */
const STAYS = new Set([
  'Namespace',
  'PersistentVolumeClaim',
  'PersistentVolume',
  'CustomResourceDefinition',
  'StorageClass',
  'Job',
]);

/**
 * What a release that is left added, in the order in which it goes: what `back` lacks, without what was `found` in the
 * cluster before it came, and without what is never deleted by itself.
 */
export function addedBy(
  left: readonly KubeObject[],
  back: readonly KubeObject[],
  found: readonly string[],
): readonly KubeObject[] {
  const stay = new Set([...back.map(keyOf), ...found]);
  return inApplyOrder(left.filter((object) => !STAYS.has(object.kind) && !stay.has(keyOf(object)))).toReversed();
}

/** Objects that are in the cluster already, although `before` has none of them. */
export async function foundBefore(
  set: readonly KubeObject[],
  before: readonly KubeObject[],
  api: KubeApi,
): Promise<readonly string[]> {
  const known = new Set(before.map(keyOf));
  const others = set.filter((object) => !known.has(keyOf(object)));
  const there = await Promise.all(others.map(async (object) => (await api.get(refOf(object))) !== undefined));
  return others.filter((_, index) => there[index]).map(keyOf);
}

/** One version of an API group shows the same objects as another, so the version does not count. */
export function keyOf(object: KubeObject): string {
  const { kind, namespace = '', name } = refOf(object);
  return [groupOf(object), kind, namespace, name].join('/');
}
