import { type Clock, throwIfAborted } from '@slipway/effects/clock';
import { type Problem, UserError, userError } from '@slipway/kernel/errors';
import { isArrayOf, isObject, isString } from '@slipway/kernel/json';
import { settleAll } from '@slipway/kernel/parallel';
import { ApiRefusal, type ApplyOptions, type KubeApi } from '../api.ts';
import { rankOf } from '../manifests/order.ts';
import { type KubeObject, refOf } from '../object.ts';
import { respectAutoscalers } from './autoscalers.ts';
import { explainRefusal } from './refusals.ts';
import { takeOver } from './take-over.ts';

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
  const { api, signal } = ports;
  // Before the replicas are looked at: whose they are depends on it.
  if (options.force === true && options.dryRun !== true) await together(objects, (object) => takeOver(object, api));
  const wanted = await respectAutoscalers(objects, api);
  const ranks = [...new Set(wanted.map(rankOf))].toSorted((a, b) => a - b);
  const applied: Applied[] = [];
  for (const rank of ranks) {
    throwIfAborted(signal);
    const group = wanted.filter((object) => rankOf(object) === rank);
    const done = await together(group, async (object) => ({
      wanted: object,
      answer: await api.apply(object, options),
    }));
    applied.push(...done);
    if (options.dryRun !== true) await kindsDefined(group, ports);
  }
  return applied;
}

/** Some at a time; all that the server refuses comes in one UserError. */
async function together<T>(
  objects: readonly KubeObject[],
  work: (object: KubeObject) => Promise<T>,
): Promise<readonly T[]> {
  const problems: Problem[] = [];
  const settled = await settleAll(objects, AT_ONCE, async (object) => await explained(object, work, problems));
  const done = settled.flatMap((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  if (problems.length > 0) throw new UserError(problems);
  return done;
}

async function explained<T>(
  object: KubeObject,
  work: (object: KubeObject) => Promise<T>,
  problems: Problem[],
): Promise<readonly T[]> {
  try {
    return [await work(object)];
  } catch (thrown) {
    if (!(thrown instanceof ApiRefusal)) throw thrown;
    problems.push(explainRefusal(refOf(object), thrown));
    return [];
  }
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
