import { type Problem, UserError } from '@slipway/kernel/errors';
import { settleAll } from '@slipway/kernel/parallel';
import { ApiRefusal, type ApplyOptions, type KubeApi } from '../api.ts';
import { respectAutoscalers } from '../apply/autoscalers.ts';
import { explainRefusal } from '../apply/refusals.ts';
import { withoutClientSide } from '../apply/take-over.ts';
import { inApplyOrder } from '../manifests/order.ts';
import { describeRef, groupOf, type KubeObject, type ObjectRef, refOf } from '../object.ts';
import { containersOf, podSpecOf } from '../pod-template.ts';
import { SOURCE_NAME } from '../render/hash-configs.ts';
import { differences } from './differences.ts';

/** What applying an object would do. */
export type ObjectChange =
  | { readonly kind: 'same'; readonly ref: ObjectRef }
  | { readonly kind: 'changed'; readonly ref: ObjectRef; readonly lines: readonly string[] }
  /** `from`: the same ConfigMap or Secret of the release before, under another name. */
  | { readonly kind: 'new'; readonly ref: ObjectRef; readonly lines: readonly string[]; readonly from?: string }
  /** It needs something of the set that is not there yet: its Namespace, or the definition of its kind. */
  | { readonly kind: 'untried'; readonly ref: ObjectRef; readonly why: string };

const AT_ONCE = 8;
/** A dry run cannot show it: the owner changes first. */
const TAKEN_OVER = '- fields that only kubectl apply has set, and the manifest has not';

/**
 * Asks the server, by a dry run of each object, what applying the set would change; nothing is written. `previous` are
 * the objects that were applied before: configuration with a digest in its name is compared to what it follows. All
 * refusals come in one UserError.
 */
export async function compareAll(
  objects: readonly KubeObject[],
  { force = false }: Pick<ApplyOptions, 'force'>,
  api: KubeApi,
  previous: readonly KubeObject[] = [],
): Promise<readonly ObjectChange[]> {
  const wanted = inApplyOrder(await respectAutoscalers(objects, api));
  const settled = await settleAll(wanted, AT_ONCE, async (object) => await compare(object, force, api, previous));
  const problems: Problem[] = [];
  const changes = settled.flatMap((result, index): readonly ObjectChange[] => {
    if (result.status === 'fulfilled') return [result.value];
    const object = wanted[index];
    if (object === undefined || !(result.reason instanceof ApiRefusal)) throw result.reason;
    const why = waitsFor(object, wanted, result.reason);
    if (why !== undefined) return [{ kind: 'untried', ref: refOf(object), why }];
    problems.push(explainRefusal(refOf(object), result.reason));
    return [];
  });
  if (problems.length > 0) throw new UserError(problems);
  return changes;
}

async function compare(
  object: KubeObject,
  force: boolean,
  api: KubeApi,
  previous: readonly KubeObject[],
): Promise<ObjectChange> {
  const ref = refOf(object);
  const [live, then] = await Promise.all([api.get(ref), api.apply(object, { force, dryRun: true })]);
  if (live === undefined) return newcomer(object, previous);
  const leaves = force && withoutClientSide(live.metadata.managedFields ?? []) !== undefined;
  const lines = [...differences(withoutNoise(live), withoutNoise(then)), ...(leaves ? [TAKEN_OVER] : [])];
  return lines.length === 0 ? { kind: 'same', ref } : { kind: 'changed', ref, lines };
}

function newcomer(object: KubeObject, previous: readonly KubeObject[]): ObjectChange {
  const ref = refOf(object);
  const source = object.metadata.annotations?.[SOURCE_NAME];
  const before = previous.find(
    ({ kind, metadata }) =>
      kind === object.kind &&
      source !== undefined &&
      metadata.namespace === object.metadata.namespace &&
      metadata.annotations?.[SOURCE_NAME] === source,
  );
  const from = before?.metadata.name ?? '';
  // The content of the Secret before is nowhere to be read but in the cluster.
  if (before?.kind === 'Secret') return { kind: 'new', ref, lines: ['~ data: (changed, not shown)'], from };
  if (before?.kind === 'ConfigMap') {
    const [old, young] = [before, object].map(({ data, binaryData }) => ({ data, binaryData }));
    return { kind: 'new', ref, lines: differences(old, young), from };
  }
  const images = containersOf(podSpecOf(object) ?? {}).map(({ name, image }) => `+ ${name}: ${String(image)}`);
  return { kind: 'new', ref, lines: images };
}

/** What servers and controllers write by themselves. */
function withoutNoise({ status: _status, ...object }: KubeObject): KubeObject {
  const {
    managedFields: _managed,
    resourceVersion: _version,
    generation: _generation,
    creationTimestamp: _created,
    uid: _uid,
    annotations = {},
    ...metadata
  } = object.metadata;
  const kept = Object.entries(annotations).filter(([key]) => !NOISY_ANNOTATIONS.has(key));
  return {
    ...object,
    metadata: { ...metadata, ...(kept.length > 0 ? { annotations: Object.fromEntries(kept) } : {}) },
  };
}

const NOISY_ANNOTATIONS = new Set([
  'deployment.kubernetes.io/revision',
  // It repeats the whole object, the content of Secrets included.
  'kubectl.kubernetes.io/last-applied-configuration',
]);

function waitsFor(object: KubeObject, set: readonly KubeObject[], refusal: ApiRefusal): string | undefined {
  const { namespace } = object.metadata;
  const ownNamespace = set.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace);
  if (ownNamespace !== undefined && refusal.status === 404)
    return `${describeRef(refOf(ownNamespace))} is not there yet`;
  const definition = set.find(
    ({ kind, spec }) =>
      kind === 'CustomResourceDefinition' &&
      spec?.group === groupOf(object) &&
      (spec.names as { readonly kind?: unknown } | undefined)?.kind === object.kind,
  );
  const isUnknown = refusal.reason === 'UnknownKind' && definition !== undefined;
  return isUnknown ? `${describeRef(refOf(definition))} is not there yet` : undefined;
}
