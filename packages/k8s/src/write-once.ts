import { canonicalJson } from '@slipway/kernel/json';
import { ApiRefusal, type KubeApi } from './api.ts';
import { type KubeObject, refOf } from './object.ts';

const TRIES = 5;

/**
 * Creates the object, or replaces the very version that it names. When the answer gets lost, the cluster is asked what
 * became of it: it is there as wanted, it can be tried again, or somebody else was faster, which rejects with an
 * `ApiRefusal` of reason `Conflict` or `AlreadyExists`. `content` is what tells our object from another's.
 */
export async function writeOnce(
  api: KubeApi,
  wanted: KubeObject,
  content: (object: KubeObject) => unknown,
): Promise<KubeObject> {
  const told = canonicalJson(content(wanted) ?? null);
  for (let tried = 1; ; tried += 1) {
    try {
      return await (wanted.metadata.resourceVersion === undefined ? api.create(wanted) : api.replace(wanted));
    } catch (thrown) {
      if (thrown instanceof ApiRefusal && !isOpen(thrown, tried)) throw thrown;
      const found = await api.get(refOf(wanted));
      if (found !== undefined && canonicalJson(content(found) ?? null) === told) return found;
      if (tried === TRIES || found?.metadata.resourceVersion !== wanted.metadata.resourceVersion) throw thrown;
    }
  }
}

/** Somebody was faster. Who that was only matters to who lost an answer before. */
export function isRobbed(thrown: unknown): boolean {
  return thrown instanceof ApiRefusal && (thrown.reason === 'Conflict' || thrown.reason === 'AlreadyExists');
}

/** A refusal after a lost answer may speak of our own write. */
function isOpen(refusal: ApiRefusal, tried: number): boolean {
  return refusal.status >= 500 || (tried > 1 && isRobbed(refusal));
}
