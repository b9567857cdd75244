import assert from 'node:assert/strict';
import type { ListQuery } from '@slipway/k8s/api';
import { type KubeObject, refOf } from '@slipway/k8s/object';
import { conditionOf, listAt, textAt } from '@slipway/k8s/rollout/fields';
import { daemonSet, deployment, job } from '../../lab/k8s/manifests.ts';
import { image, type Place, shop } from './place.ts';

export interface Failure {
  readonly title: string;
  readonly objects: (place: Place) => readonly object[];
  readonly before?: (place: Place) => Promise<void>;
  /** Where the first terminal state is seen, by somebody else than the code under test. */
  readonly query: Pick<ListQuery, 'apiVersion' | 'kind'>;
  readonly isTerminal: (object: KubeObject) => boolean;
  readonly says: readonly RegExp[];
  readonly logs?: (lines: readonly string[]) => void;
}

export const POD = { apiVersion: 'v1', kind: 'Pod' } as const;

export const FAILURES: readonly Failure[] = [
  {
    title: 'a tag that is not there',
    objects: (place) => [deployment(shop(place, { name: 'tag', image: image(place, 'nope') }))],
    query: { apiVersion: 'v1', kind: 'Event' },
    isTerminal: (event) => /Failed to pull image ".*:nope"/.test(textAt(event, 'message')),
    says: [
      /^Deployment \S+\/tag cannot be rolled out/,
      /container app of pod tag-\S+ cannot get its image \S+:nope/,
      /not found/,
    ],
  },
  {
    title: 'an image name that is none',
    objects: (place) => [deployment(shop(place, { name: 'name', image: 'UPPER//x' }))],
    query: POD,
    isTerminal: waits('InvalidImageName'),
    says: [/cannot get its image UPPER\/\/x: .*invalid reference format/],
  },
  {
    title: 'a command that is not there',
    objects: (place) => [deployment(shop(place, { name: 'command', container: { command: ['/nope'] } }))],
    query: POD,
    isTerminal: waits('RunContainerError'),
    says: [
      /container app of pod command-\S+ cannot be started: exec: "\/nope": stat \/nope: no such file or directory\./,
    ],
  },
  {
    title: 'an exit 1 at once',
    objects: (place) => [deployment(shop(place, { name: 'crash', env: { CRASH: '1' } }))],
    query: POD,
    isTerminal: ends('containerStatuses'),
    says: [/container app of pod crash-\S+ ended with exit code 1 after \d s, 2 times so far/],
    logs(lines) {
      assert.equal(lines.length, 50);
      assert.equal(lines.at(-1), 'fatal: no such table: orders');
    },
  },
  {
    title: 'an end for lack of memory',
    objects: (place) => [
      deployment(
        shop(place, {
          name: 'hungry',
          env: { EAT_MIB: '200' },
          container: { resources: { limits: { memory: '64Mi' } } },
        }),
      ),
    ],
    query: POD,
    isTerminal: ends('containerStatuses'),
    says: [/killed for using more memory than its limit of 64Mi \(exit code 137, 2 times so far\)/],
  },
  {
    title: 'an init container that fails',
    objects: (place) => {
      const prepare = {
        name: 'prepare',
        image: image(place, 'v1'),
        args: ['job'],
        env: [{ name: 'JOB_STATUS', value: '3' }],
      };
      return [withPod(deployment(shop(place, { name: 'init' })), { initContainers: [prepare] })];
    },
    query: POD,
    isTerminal: ends('initContainerStatuses'),
    says: [/init container prepare of pod init-\S+ ended with exit code 3/],
    logs: (lines) => assert.equal(lines.at(-1), 'migration ended with status 3'),
  },
  {
    title: 'pods that no node can take',
    objects: (place) => [
      deployment(shop(place, { name: 'big', container: { resources: { requests: { cpu: '100' } } } })),
    ],
    query: POD,
    isTerminal: (pod) => conditionOf(pod, 'PodScheduled', 'False') !== undefined,
    says: [
      /no node takes pod big-\S+: 0\/\d+ nodes are available: .*Insufficient cpu\. \S+ has cpu \d+, and 100 is asked for/,
    ],
  },
  {
    title: 'a ConfigMap that is not there',
    objects: (place) => {
      const valueFrom = { configMapKeyRef: { name: 'nowhere', key: 'greeting' } };
      return [deployment(shop(place, { name: 'config', container: { env: [{ name: 'GREETING', valueFrom }] } }))];
    },
    query: POD,
    isTerminal: waits('CreateContainerConfigError', /not found/),
    says: [/container app of pod config-\S+ cannot be created: configmap "nowhere" not found\./],
  },
  {
    title: 'a volume of a ConfigMap that is not there',
    objects: (place) => [deployment(shop(place, { name: 'mounted', configured: true }))],
    query: { apiVersion: 'v1', kind: 'Event' },
    isTerminal: (event) => event.reason === 'FailedMount' && /"mounted" not found/.test(textAt(event, 'message')),
    says: [/pod mounted-\S+ cannot mount its volumes: .*configmap "mounted" not found\./],
  },
  {
    title: 'a volume claim that is not there',
    objects: (place) => {
      const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'nowhere' } }];
      return [withPod(deployment(shop(place, { name: 'claim' })), { volumes })];
    },
    query: POD,
    isTerminal: (pod) => conditionOf(pod, 'PodScheduled', 'False') !== undefined,
    says: [/pod claim-\S+ waits for its volumes: .*persistentvolumeclaim "nowhere" not found/],
  },
  {
    title: 'a quota that is used up',
    before: limitMemory,
    objects: (place) => [
      quota(place),
      deployment(shop(place, { name: 'quota', container: { resources: { limits: { memory: '20Gi' } } } })),
    ],
    query: { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
    isTerminal: (set) => conditionOf(set, 'ReplicaFailure') !== undefined,
    says: [/ReplicaSet quota-\S+ cannot create pods: .*exceeded quota: small/],
  },
  {
    title: 'a DaemonSet with a bad tag',
    objects: (place) => [daemonSet(shop(place, { name: 'daemon', image: image(place, 'nope') }))],
    query: POD,
    isTerminal: waits('ErrImagePull'),
    says: [/^DaemonSet \S+\/daemon cannot be rolled out/, /cannot get its image/],
  },
  {
    title: 'a Job that fails',
    objects: (place) => [job(shop(place, { name: 'job', env: { JOB_STATUS: '4' } }))],
    query: { apiVersion: 'batch/v1', kind: 'Job' },
    isTerminal: (each) => conditionOf(each, 'FailureTarget') !== undefined,
    says: [
      /^Job \S+\/job cannot be rolled out: BackoffLimitExceeded/,
      /container app of pod job-\S+ ended with exit code 4/,
    ],
    logs: (lines) => assert.equal(lines.at(-1), 'migration ended with status 4'),
  },
];

export function waits(reason: string, message = /./): (pod: KubeObject) => boolean {
  return (pod) =>
    listAt(pod, 'status', 'containerStatuses').some(
      ({ state }) => textAt(state, 'waiting', 'reason') === reason && message.test(textAt(state, 'waiting', 'message')),
    );
}

export function ends(statuses: string): (pod: KubeObject) => boolean {
  return (pod) => listAt(pod, 'status', statuses).some(({ state }) => textAt(state, 'terminated', 'reason') !== '');
}

export function quota({ namespace }: Place): KubeObject {
  const metadata = { name: 'small', namespace };
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: { 'limits.memory': '10Gi' } } };
}

/** Resolves when the quota is enforced. */
export async function limitMemory(place: Place): Promise<void> {
  const { api, namespace } = place;
  await api.apply(quota(place));
  for await (const seen of api.watch({ ...refOf(quota(place)), namespace }, AbortSignal.timeout(10_000))) {
    const objects = 'items' in seen ? seen.items : [seen.object];
    if (objects.some((object) => textAt(object, 'status', 'hard', 'limits.memory') !== '')) return;
  }
}

function withPod(object: Readonly<Record<string, unknown>>, more: object): object {
  const spec = object.spec as { readonly template: { readonly spec: object } };
  const template = { ...spec.template, spec: { ...spec.template.spec, ...more } };
  return { ...object, spec: { ...spec, template } };
}
