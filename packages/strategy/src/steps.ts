import type { CanaryRequest, CanaryStep, Shares, Step } from './plan.ts';
import type { Capabilities, SlotName } from './topology.ts';

/** All traffic of a member goes to this slot, or with null nowhere. */
export function sharesFor(slot: SlotName | null, capabilities: Capabilities): Shares {
  const share = (name: SlotName): number => (name === slot ? 100 : 0);
  return capabilities.slots === 1 ? { blue: share('blue') } : { blue: share('blue'), green: share('green') };
}

/** The items by what `key` says of them, in order of first appearance. */
export function grouped<T, K extends string>(items: readonly T[], key: (item: T) => K): readonly (readonly [K, T[]])[] {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups];
}

export function chunked<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

/** Steps without members are no steps. */
export function meaningful(steps: readonly Step[]): readonly Step[] {
  return steps.filter((step) => step.members.length > 0);
}

/** The steps that are still to come, with the last one to 100 %. */
export function stepsAfter(share: number, steps: CanaryRequest['steps']): readonly CanaryStep[] {
  const all = steps.at(-1)?.percent === 100 ? steps : [...steps, { percent: 100, soakMs: 0 }];
  return all.filter(({ percent }) => percent > share || percent === 100);
}
