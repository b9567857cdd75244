import { isObject, isString } from '@slipway/kernel/json';
import type { KubeObject } from '../object.ts';

/**
 * A Secret with all its content in `data`: the server moves `stringData` there anyway, and under server-side apply a
 * key that goes from `stringData` would stay.
 */
export function withPlainData(object: KubeObject): KubeObject {
  if (object.kind !== 'Secret' || object.apiVersion !== 'v1' || !isObject(object.stringData)) return object;
  const { stringData, data, ...rest } = object;
  const encoded = Object.entries(stringData as Record<string, unknown>).map(([key, text]) => [
    key,
    isString(text) ? Buffer.from(text, 'utf8').toString('base64') : text,
  ]);
  return { ...rest, data: { ...(isObject(data) ? data : {}), ...Object.fromEntries(encoded) } };
}
