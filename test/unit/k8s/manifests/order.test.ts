import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inApplyOrder, inPhases, rankOf } from '@slipway/k8s/manifests/order';
import type { KubeObject } from '@slipway/k8s/object';
import * as fc from 'fast-check';

const KINDS = [
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'Ingress',
  'Job',
  'Deployment',
  'Certificate',
  'Service',
  'PersistentVolumeClaim',
  'Secret',
  'ConfigMap',
  'RoleBinding',
  'Role',
  'ServiceAccount',
  'CustomResourceDefinition',
  'Namespace',
];

const object = (kind: string, name = 'a'): KubeObject => ({ apiVersion: 'v1', kind, metadata: { name } });
const kinds = (objects: readonly KubeObject[]): string[] => objects.map(({ kind }) => kind);

test('what others need comes first, what brings traffic comes last', () => {
  const phases = inPhases(KINDS.map((kind) => object(kind)));

  assert.deepEqual(kinds(phases.foundation), [
    'Namespace',
    'CustomResourceDefinition',
    'ServiceAccount',
    'Role',
    'RoleBinding',
    'Secret',
    'ConfigMap',
    'PersistentVolumeClaim',
  ]);
  assert.deepEqual(kinds(phases.jobs), ['Job']);
  assert.deepEqual(kinds(phases.rollout), [
    'Service',
    'Deployment',
    'Certificate',
    'Ingress',
    'PodDisruptionBudget',
    'HorizontalPodAutoscaler',
  ]);
});

test('the order keeps every object, sorts by rank and keeps what was written within one', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...KINDS)), (chosen) => {
      const objects = chosen.map((kind, index) => object(kind, `o${index}`));

      const ordered = inApplyOrder(objects);

      assert.deepEqual(new Set(ordered), new Set(objects));
      for (const [index, next] of ordered.slice(1).entries()) {
        const before = ordered[index] ?? next;
        const [a, b] = [rankOf(before), rankOf(next)];
        assert.ok(a < b || (a === b && objects.indexOf(before) < objects.indexOf(next)));
      }
      const { foundation, jobs, rollout } = inPhases(objects);
      assert.deepEqual([...foundation, ...jobs, ...rollout], ordered);
    }),
  );
});
