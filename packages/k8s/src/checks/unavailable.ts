import { isInteger, isObject, isString, type JsonObject } from '@slipway/kernel/json';
import type { KubeObject } from '../object.ts';

/** How many of the replicas a rollout may take away at once, rounded as the controllers do it. */
export function unavailableAtOnce({ kind, spec = {} }: KubeObject, replicas: number): number {
  if (kind === 'StatefulSet') {
    const rolling = rollingUpdate(spec.updateStrategy);
    return Math.max(1, resolve(rolling.maxUnavailable ?? 1, replicas, Math.floor));
  }
  const rolling = rollingUpdate(spec.strategy);
  const away = resolve(rolling.maxUnavailable ?? '25%', replicas, Math.floor);
  const surge = resolve(rolling.maxSurge ?? '25%', replicas, Math.ceil);
  return away === 0 && surge === 0 ? 1 : Math.min(away, replicas);
}

function rollingUpdate(strategy: unknown): JsonObject {
  return isObject(strategy) && isObject(strategy.rollingUpdate) ? strategy.rollingUpdate : {};
}

function resolve(value: unknown, total: number, round: (exact: number) => number): number {
  if (isInteger(value)) return value;
  const share = isString(value) ? /^(\d+)%$/.exec(value) : null;
  return share === null ? 0 : round((total * Number(share[1])) / 100);
}
