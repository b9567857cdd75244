import { isObject, isString, type JsonObject } from '@slipway/kernel/json';

/** Reads of live objects: what the API left out is empty, as it means it. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

/** A count of a status; the API leaves out 0. */
export function countAt(value: unknown, ...path: readonly string[]): number {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : 0;
}

export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path);
  return isString(found) ? found : '';
}

export function listAt(value: unknown, ...path: readonly string[]): readonly JsonObject[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isObject) : [];
}

/** Labels, selectors and the like. */
export function wordsAt(value: unknown, ...path: readonly string[]): Readonly<Record<string, string>> {
  const found = at(value, ...path);
  if (!isObject(found)) return {};
  return Object.fromEntries(Object.entries(found).flatMap(([key, word]) => (isString(word) ? [[key, word]] : [])));
}

/** The condition of that type when it is `True`, or what `status` says. */
export function conditionOf(object: unknown, type: string, status = 'True'): JsonObject | undefined {
  return listAt(object, 'status', 'conditions').find((each) => each.type === type && each.status === status);
}

/** Whether the selector is not empty and every label of it is there. */
export function selects(selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}
