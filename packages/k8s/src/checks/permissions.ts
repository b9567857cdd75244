import type { Problem } from '@slipway/kernel/errors';
import { isObject, isString } from '@slipway/kernel/json';
import { settleAll } from '@slipway/kernel/parallel';
import type { KubeApi } from '../api.ts';
import { groupOf, type ObjectRef } from '../object.ts';
import type { Need } from './needs.ts';
import { type Asked, describeMissing } from './rbac.ts';

export type PermissionApi = Pick<KubeApi, 'review' | 'get' | 'resource'>;

const AT_ONCE = 16;

/**
 * Asks the cluster whether we may do all that the run needs, before the first write. What is missing comes in one
 * problem, with the Role to write. Empty when nothing is missing.
 */
export async function findMissingPermissions(needs: readonly Need[], api: PermissionApi): Promise<readonly Problem[]> {
  const masters = new Map<string, Promise<boolean>>();
  const isMaster = (namespace = ''): Promise<boolean> => {
    const answer = masters.get(namespace) ?? allowed(api, { verb: '*', group: '*', resource: '*', namespace });
    masters.set(namespace, answer);
    return answer;
  };
  const settled = await settleAll(needs, AT_ONCE, async (need) => {
    if (await isMaster(need.namespace)) return undefined;
    const asked = await inRbacTerms(need, api);
    return (await mayDo(asked, api)) ? undefined : asked;
  });
  const missing = settled.flatMap((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value ?? [];
  });
  // What is only good to have is told with the rest, and never by itself.
  const isEnough = missing.every(({ need }) => need.isOptional === true);
  return isEnough ? [] : [describeMissing(missing, await whoAmI(api))];
}

async function inRbacTerms(need: Need, api: PermissionApi): Promise<Asked> {
  const { apiVersion, kind, subresource } = need;
  const plural = need.resource ?? (await api.resource(apiVersion, kind))?.name ?? `${kind.toLowerCase()}s`;
  return { need, group: groupOf(need), resource: subresource === undefined ? plural : `${plural}/${subresource}` };
}

/** A Role may be for certain names only; and what is there already need not be created. */
async function mayDo({ need, group, resource }: Asked, api: PermissionApi): Promise<boolean> {
  const { verb, namespace = '', names = [], apiVersion, kind } = need;
  if (await allowed(api, { verb, group, resource, namespace })) return true;
  if (names.length === 0) return false;
  const each = await Promise.all(
    names.map(async (name) => {
      if (verb !== 'create') return await allowed(api, { verb, group, resource, namespace, name });
      const ref: ObjectRef = { apiVersion, kind, name, ...(namespace === '' ? {} : { namespace }) };
      return (await api.get(ref).catch(() => undefined)) !== undefined;
    }),
  );
  return each.every(Boolean);
}

async function allowed(
  api: PermissionApi,
  asked: Readonly<Record<'verb' | 'group' | 'resource' | 'namespace', string>> & { readonly name?: string },
): Promise<boolean> {
  const [resource, subresource] = asked.resource.split('/');
  const answer = await api.review({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { ...asked, resource, ...(subresource === undefined ? {} : { subresource }) } },
  });
  return answer.status?.allowed === true;
}

async function whoAmI(api: PermissionApi): Promise<string> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const answer = await api.review(review).catch(() => undefined);
  const user = answer?.status?.userInfo;
  return isObject(user) && isString(user.username) ? user.username : 'USER';
}
