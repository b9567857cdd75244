import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { needsOf } from '@slipway/k8s/checks/needs';
import { KNOWN_KINDS } from '@slipway/k8s/known-kinds';
import { groupOf, type KubeObject } from '@slipway/k8s/object';
import { parse } from 'yaml';

interface Role {
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

const README = new URL('../../../../actions/deploy-k8s/README.md', import.meta.url);

const OBJECTS = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
  ['batch/v1', 'Job'],
  ['v1', 'Service'],
  ['v1', 'ConfigMap'],
  ['v1', 'Secret'],
  ['networking.k8s.io/v1', 'Ingress'],
] as const;

test('the Role of the README is enough for what it says', () => {
  const [text = ''] = /^apiVersion: rbac[\s\S]*?(?=^```)/m.exec(readFileSync(README, 'utf8')) ?? [];
  const { rules } = parse(text) as Role;
  const objects = OBJECTS.map(([apiVersion, kind]): KubeObject => {
    return { apiVersion, kind, metadata: { name: 'shop', namespace: 'shop' } };
  });

  const missing = needsOf(objects, 'shop').flatMap((need) => {
    const plural = KNOWN_KINDS[need.apiVersion]?.[need.kind];
    const resource = need.subresource === undefined ? plural : `${plural}/${need.subresource}`;
    const isGiven = rules.some(
      ({ apiGroups, resources, verbs }) =>
        apiGroups.includes(groupOf(need)) && resources.includes(resource ?? '') && verbs.includes(need.verb),
    );
    return isGiven ? [] : [`${need.verb} ${resource}`];
  });

  assert.deepEqual(missing, []);
});
