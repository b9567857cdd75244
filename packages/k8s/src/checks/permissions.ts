import type { Problem } from '@slipway/kernel/errors';
import { isObject, isString } from '@slipway/kernel/json';
import { settleAll } from '@slipway/kernel/parallel';
import { stringify } from 'yaml';
import type { KubeApi } from '../api.ts';
import { groupOf, type ObjectRef } from '../object.ts';
import type { Need } from './needs.ts';

export type PermissionApi = Pick<KubeApi, 'review' | 'get' | 'resource'>;

/** A need in the terms of RBAC. */
interface Asked {
  readonly need: Need;
  readonly group: string;
  /** Plural, with its subresource: `pods/log`. */
  readonly resource: string;
}

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
  return missing.length === 0 ? [] : [describe(missing, await whoAmI(api))];
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

function describe(missing: readonly Asked[], user: string): Problem {
  const namespaces = [...new Set(missing.map(({ need }) => need.namespace))];
  const places = namespaces.map((namespace) => {
    const here = rulesFor(missing.filter(({ need }) => need.namespace === namespace));
    const words = here.map(({ resources, verbs }) => `${verbs.join(', ')} ${resources.join(', ')}`);
    return `${namespace === undefined ? 'cluster-wide' : `namespace ${namespace}`}: ${words.join('; ')}`;
  });
  const documents = namespaces.flatMap((namespace) =>
    rbacObjects(
      missing.filter(({ need }) => need.namespace === namespace),
      namespace,
      user,
    ),
  );
  return {
    what: `${user} may not do all that this run needs; nothing was written.`,
    got: `missing: ${places.join(' | ')}`,
    fix: `let an administrator apply this:\n${documents
      .map((document) => stringify(document, { lineWidth: 0 }))
      .join('---\n')
      .trimEnd()}`,
  };
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** One rule for all resources of a group that lack the same verbs. */
function rulesFor(missing: readonly Asked[]): readonly Rule[] {
  const verbs = new Map<string, string[]>();
  for (const { group, resource, need } of missing) {
    const key = `${group} ${resource}`;
    verbs.set(key, [...(verbs.get(key) ?? []), need.verb]);
  }
  const rules = new Map<string, Rule>();
  for (const [key, found] of [...verbs].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const [group = '', resource = ''] = key.split(' ');
    const sorted = [...new Set(found)].toSorted();
    const same = `${group} ${sorted.join()}`;
    const resources = [...(rules.get(same)?.resources ?? []), resource];
    rules.set(same, { apiGroups: [group], resources, verbs: sorted });
  }
  return [...rules.values()];
}

const RBAC = 'rbac.authorization.k8s.io';

function rbacObjects(missing: readonly Asked[], namespace: string | undefined, user: string): readonly object[] {
  const prefix = namespace === undefined ? 'Cluster' : '';
  const metadata = { name: 'slipway-deploy', ...(namespace === undefined ? {} : { namespace }) };
  const [, , ownNamespace, name] = /^(system:serviceaccount):([^:]+):(.+)$/.exec(user) ?? [];
  const subject =
    name === undefined
      ? { kind: 'User', apiGroup: RBAC, name: user }
      : { kind: 'ServiceAccount', namespace: ownNamespace, name };
  return [
    { apiVersion: `${RBAC}/v1`, kind: `${prefix}Role`, metadata, rules: rulesFor(missing) },
    {
      apiVersion: `${RBAC}/v1`,
      kind: `${prefix}RoleBinding`,
      metadata,
      roleRef: { apiGroup: RBAC, kind: `${prefix}Role`, name: metadata.name },
      subjects: [subject],
    },
  ];
}
