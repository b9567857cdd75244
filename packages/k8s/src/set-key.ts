import { randomBytes } from 'node:crypto';
import { userError } from '@slipway/kernel/errors';
import { isObject, isString } from '@slipway/kernel/json';
import type { KubeApi } from './api.ts';
import type { KubeObject } from './object.ts';
import { type KubePlace, MANAGED_BY, recordRef } from './place.ts';
import { isRobbed, writeOnce } from './write-once.ts';

const KEY = 'hmac-key';
const KEY_BYTES = 32;

/** The key that the content of Secrets is hashed with, base64; undefined before the first deployment. */
export async function readKey(api: KubeApi, place: KubePlace): Promise<string | undefined> {
  const secret = await api.get(recordRef('Secret', place));
  return secret === undefined ? undefined : keyIn(secret);
}

/** The key, made when there is none: of two who make one, the first wins, and both use that. */
export async function ensureKey(api: KubeApi, place: KubePlace): Promise<string> {
  const known = await readKey(api, place);
  if (known !== undefined) return known;
  const { name } = recordRef('Secret', place);
  const key = randomBytes(KEY_BYTES).toString('base64');
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: place.namespace, labels: MANAGED_BY },
    immutable: true,
    data: { [KEY]: key },
  };
  try {
    return keyIn(await writeOnce(api, secret, ({ data }) => data));
  } catch (thrown) {
    const found = isRobbed(thrown) ? await readKey(api, place) : undefined;
    if (found === undefined) throw thrown;
    return found;
  }
}

function keyIn({ data, metadata }: KubeObject): string {
  if (isObject(data) && isString(data[KEY])) return data[KEY];
  throw userError(
    `The Secret ${metadata.name} has no ${KEY}, so somebody else made or changed it.`,
    `look at it: kubectl get secret ${metadata.name} -o yaml`,
  );
}
