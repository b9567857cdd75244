import { isObject, isString, type JsonObject } from '@slipway/kernel/json';
import { ApiRefusal, type KubeApi } from '../api.ts';
import { FIELD_MANAGER } from '../client.ts';
import { type KubeObject, refOf } from '../object.ts';

/** Who owns the fields of objects that came by `kubectl apply` without `--server-side`. */
const CLIENT_SIDE = 'kubectl-client-side-apply';
const TRIES = 3;

/**
 * Makes what `kubectl apply` owns of an object ours: else a field that the manifest no longer has would stay for ever,
 * since its owner is still there. As kubectl itself does it when it moves to server-side apply.
 */
export async function takeOver(object: KubeObject, api: Pick<KubeApi, 'get' | 'mergePatch'>): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    const live = await api.get(refOf(object));
    const managedFields = live === undefined ? undefined : withoutClientSide(live.metadata.managedFields ?? []);
    if (managedFields === undefined) return;
    const { resourceVersion } = live?.metadata ?? {};
    try {
      await api.mergePatch(refOf(object), { metadata: { managedFields, resourceVersion } });
      return;
    } catch (thrown) {
      // Somebody wrote in between, such as the controller of a Deployment.
      if (!(thrown instanceof ApiRefusal) || thrown.reason !== 'Conflict' || tried === TRIES) throw thrown;
    }
  }
}

/** The owners, with ours in the place of kubectl's; undefined when kubectl owns nothing. */
export function withoutClientSide(owners: readonly unknown[]): readonly unknown[] | undefined {
  const theirs = owners.filter((entry) => isOwner(entry, CLIENT_SIDE, 'Update'));
  if (theirs.length === 0) return undefined;
  const ours = owners.filter((entry) => isOwner(entry, FIELD_MANAGER, 'Apply'));
  const [first] = [...ours, ...theirs];
  const fieldsV1 = [...ours, ...theirs].reduce<JsonObject>((all, { fieldsV1: own }) => union(all, own), {});
  const others = owners.filter((entry) => ![...ours, ...theirs].some((taken) => taken === entry));
  return [{ ...first, manager: FIELD_MANAGER, operation: 'Apply', fieldsV1 }, ...others];
}

interface Owner extends JsonObject {
  readonly fieldsV1: JsonObject;
}

function isOwner(entry: unknown, manager: string, operation: string): entry is Owner {
  if (!isObject(entry) || !isObject(entry.fieldsV1) || isString(entry.subresource)) return false;
  return entry.manager === manager && entry.operation === operation;
}

function union(a: JsonObject, b: JsonObject): JsonObject {
  const merged = Object.entries(b).map(([key, value]): [string, unknown] => {
    const own = a[key];
    return [key, isObject(own) && isObject(value) ? union(own, value) : value];
  });
  return { ...a, ...Object.fromEntries(merged) };
}
