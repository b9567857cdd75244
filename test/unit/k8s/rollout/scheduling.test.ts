import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '@slipway/k8s/object';
import { CURABLE_MS, NEVER, ROOM_MS, SCALING_MS } from '@slipway/k8s/rollout/finding';
import { only, patience, podOf, podStatus, summary, withEvent, withPods } from '../../../support/kube-findings.ts';
import { type Moment, moment, withOthers } from '../../../support/kube-scenes.ts';

test('a pod that finds no node waits for whoever may make room', () => {
  const alone = moment('unschedulable');
  const event = (reason: string): Moment => withEvent(alone, reason, 'pod triggered scale-up');
  const nodes = (change: (node: KubeObject) => KubeObject | undefined): Moment => withOthers(alone, 'Node', change);
  const big = { cpu: '200', memory: '64Gi' };

  assert.equal(patience(event('TriggeredScaleUp')), NEVER);
  assert.equal(patience(event('NotTriggerScaleUp')), CURABLE_MS);
  assert.equal(patience(nodes(() => undefined)), SCALING_MS, 'nodes that we may not see');
  assert.equal(patience(nodes((node) => ({ ...node, spec: { providerID: 'aws:///eu-1/i-1' } }))), SCALING_MS);
  assert.equal(patience(nodes((node) => ({ ...node, status: { ...node.status, allocatable: big } }))), ROOM_MS);
  assert.equal(patience(withPods(alone, { ...podStatus(alone), nominatedNodeName: 'n1' })), NEVER, 'preemption');
  const old = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...podOf(alone).metadata, name: 'old', deletionTimestamp: 'now' },
  };
  assert.equal(patience({ ...alone, others: [...alone.others, old] }), NEVER, 'a pod of ours on its way out');
});

test('each node says what it has against a pod', () => {
  const picky = withOthers(moment('unschedulable'), 'Pod', (pod) => ({
    ...pod,
    spec: {
      ...pod.spec,
      containers: [
        { name: 'app', resources: { requests: { memory: '1.5Gi' } } },
        { name: 'side', resources: { requests: { memory: '600Mi' } } },
      ],
      nodeSelector: { disk: 'ssd' },
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }],
          },
        },
      },
      tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }],
    },
  }));
  const taints = [
    { key: 'gpu', value: 'yes', effect: 'NoSchedule' },
    { key: 'db', value: 'only', effect: 'NoExecute' },
    { key: 'old', effect: 'PreferNoSchedule' },
  ];
  const others = picky.others.filter(({ kind }) => kind !== 'Node');
  const nodes = [
    nodeOf('n1', { taints }, 'True', { disk: 'ssd', zone: 'a' }),
    nodeOf('n2', { unschedulable: true }, 'Unknown', { disk: 'ssd' }),
    nodeOf('n3', {}, 'True', { zone: 'a' }),
  ];

  const { what } = only({ ...picky, others: [...others, ...nodes] });

  const small = 'has memory 2000Mi, and 1.5Gi + 600Mi is asked for';
  assert.ok(
    what.endsWith(
      [
        ` n1 has the taint db=only:NoExecute and ${small}`,
        ` n2 is not ready and is cordoned and is not one that its nodeAffinity allows and ${small}`,
        ` n3 lacks the label disk=ssd and ${small}.`,
      ].join(';'),
    ),
    what,
  );
});

test('a claim that is being provisioned is waited for', () => {
  const waiting = withOthers(moment('volume-claim'), 'Event', () => undefined);

  assert.deepEqual(summary(only(waiting)), ['volume-claim', NEVER]);
});

function nodeOf(name: string, spec: KubeObject['spec'], ready: string, labels = {}): KubeObject {
  const status = { allocatable: { memory: '2000Mi' }, conditions: [{ type: 'Ready', status: ready }] };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: { ...spec }, status };
}
