import { isArrayOf, isObject, isString } from '@slipway/kernel/json';
import type { KubeList, ListQuery } from './api.ts';
import type { KubeObject } from './object.ts';

/** The items of a list come without apiVersion and kind. */
export function toList(value: unknown, { apiVersion, kind }: ListQuery): KubeList {
  if (!isObject(value) || !isArrayOf(value.items, isObject) || !isObject(value.metadata)) {
    throw new Error(`the list of ${kind} was answered by something else`);
  }
  const items = value.items.map((item) => ({ ...item, apiVersion, kind }));
  if (!isArrayOf(items, isKubeObject)) throw new Error(`the list of ${kind} has something else in it`);
  const { resourceVersion } = value.metadata;
  return { items, resourceVersion: isString(resourceVersion) ? resourceVersion : '' };
}

export function isKubeObject(value: unknown): value is KubeObject {
  return isObject(value) && isString(value.apiVersion) && isString(value.kind) && isObject(value.metadata);
}
