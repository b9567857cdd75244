import type { Problem } from '@slipway/kernel/errors';
import { stringify } from 'yaml';
import type { Need } from './needs.ts';

/** A need in the terms of RBAC. */
export interface Asked {
  readonly need: Need;
  readonly group: string;
  /** Plural, with its subresource: `pods/log`. */
  readonly resource: string;
}

/** One problem for all that is missing, with the objects that an administrator applies. */
export function describeMissing(missing: readonly Asked[], user: string): Problem {
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
