import { type Clock, throwIfAborted } from '@slipway/effects/clock';
import { type Problem, UserError, userError } from '@slipway/kernel/errors';
import { isArrayOf, isObject, isString } from '@slipway/kernel/json';
import { settleAll } from '@slipway/kernel/parallel';
import { ApiRefusal, type ApplyOptions, type KubeApi } from '../api.ts';
import { rankOf } from '../manifests/order.ts';
import { type KubeObject, refOf } from '../object.ts';
import { respectAutoscalers } from './autoscalers.ts';
import { explainRefusal } from './refusals.ts';

export interface ApplyPorts {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What the server made of an object. */
export interface Applied {
  readonly wanted: KubeObject;
  /** Its generation is that of our own write. */
  readonly answer: KubeObject;
}

const AT_ONCE = 8;
const DEFINED_MS = 30_000;
const POLL_MS = 50;

/**
 * Server-side apply of all objects in the order of their kinds; objects of one rank at the same time. The replicas of
 * what an autoscaler scales are left to it. A rank with a refusal is the last one: all its refusals come in one
 * UserError. With `dryRun` the server answers as if, and changes nothing.
 */
export async function applyAll(
  objects: readonly KubeObject[],
  options: ApplyOptions,
  ports: ApplyPorts,
): Promise<readonly Applied[]> {
  const wanted = await respectAutoscalers(objects, ports.api);
  const ranks = [...new Set(wanted.map(rankOf))].toSorted((a, b) => a - b);
  const applied: Applied[] = [];
  for (const rank of ranks) {
    throwIfAborted(ports.signal);
    const group = wanted.filter((object) => rankOf(object) === rank);
    const settled = await settleAll(group, AT_ONCE, async (object) => await ports.api.apply(object, options));
    const problems: Problem[] = [];
    for (const [index, result] of settled.entries()) {
      const object = group[index];
      if (object === undefined) continue;
      if (result.status === 'fulfilled') applied.push({ wanted: object, answer: result.value });
      else if (result.reason instanceof ApiRefusal) problems.push(explainRefusal(refOf(object), result.reason));
      else throw result.reason;
    }
    if (problems.length > 0) throw new UserError(problems);
    if (options.dryRun !== true) await kindsDefined(group, ports);
  }
  return applied;
}

/** A custom resource is taken only some moments after its definition. */
async function kindsDefined(objects: readonly KubeObject[], { api, clock, signal }: ApplyPorts): Promise<void> {
  const deadline = clock.monotonic() + DEFINED_MS;
  for (const definition of objects.filter(({ kind }) => kind === 'CustomResourceDefinition')) {
    for (const [apiVersion, kind] of kindsOf(definition)) {
      while ((await api.isNamespaced(apiVersion, kind)) === undefined) {
        if (clock.monotonic() > deadline) {
          throw userError(
            `The cluster does not serve ${kind} of ${apiVersion}, ${DEFINED_MS / 1_000} s after its definition.`,
            `look at its conditions: kubectl describe crd ${definition.metadata.name}`,
          );
        }
        await clock.sleep(POLL_MS, signal);
      }
    }
  }
}

function kindsOf({ spec }: KubeObject): readonly (readonly [apiVersion: string, kind: string])[] {
  const kind = isObject(spec?.names) ? spec.names.kind : undefined;
  if (!isString(kind) || !isString(spec?.group) || !isArrayOf(spec.versions, isObject)) return [];
  const { group, versions } = spec;
  const served = versions
    .filter((version) => version.served === true)
    .flatMap(({ name }) => (isString(name) ? [name] : []));
  return served.map((version) => [`${group}/${version}`, kind]);
}
