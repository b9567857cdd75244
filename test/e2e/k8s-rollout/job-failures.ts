import assert from 'node:assert/strict';
import { conditionOf, textAt } from '@slipway/k8s/rollout/fields';
import { job, type Manifest } from '../../lab/k8s/manifests.ts';
import type { AppOptions } from '../../lab/k8s/pod.ts';
import { ends, type Failure, limitMemory, POD, quota, waits } from './failures.ts';
import { image, type Place, shop } from './place.ts';

/** More tries than anybody waits for: what explains these is not the end of the Job. */
const PATIENT = 6;

/** Jobs whose pods never run, or never end well. */
export const JOB_FAILURES: readonly Failure[] = [
  {
    title: 'a Job with a tag that is not there',
    objects: (place) => [patient(place, { name: 'job-tag', image: image(place, 'nope') })],
    query: { apiVersion: 'v1', kind: 'Event' },
    isTerminal: (event) => /Failed to pull image ".*:nope"/.test(textAt(event, 'message')),
    says: [
      /^Job \S+\/job-tag cannot be rolled out/,
      /container app of pod job-tag-\S+ cannot get its image \S+:nope: .*not found/,
    ],
  },
  {
    title: 'a Job that no node can take',
    objects: (place) => [patient(place, { name: 'job-big', container: { resources: { requests: { cpu: '100' } } } })],
    query: POD,
    isTerminal: (pod) => conditionOf(pod, 'PodScheduled', 'False') !== undefined,
    says: [/no node takes pod job-big-\S+: .*Insufficient cpu\. \S+ has cpu \d+, and 100 is asked for/],
  },
  {
    title: 'a Job with a ConfigMap that is not there',
    objects: (place) => {
      const valueFrom = { configMapKeyRef: { name: 'nowhere', key: 'greeting' } };
      return [patient(place, { name: 'job-config', container: { env: [{ name: 'GREETING', valueFrom }] } })];
    },
    query: POD,
    isTerminal: waits('CreateContainerConfigError', /not found/),
    says: [/container app of pod job-config-\S+ cannot be created: configmap "nowhere" not found\./],
  },
  {
    title: 'a Job with a command that is not there',
    objects: (place) => [patient(place, { name: 'job-command', container: { command: ['/nope'] } })],
    query: POD,
    isTerminal: ends('containerStatuses'),
    says: [/container app of pod job-command-\S+ cannot be started: exec: "\/nope": stat \/nope: no such file/],
  },
  {
    title: 'a Job beyond the quota',
    before: limitMemory,
    objects: (place) => [
      patient(place, { name: 'job-quota', container: { resources: { limits: { memory: '20Gi' } } } }),
      quota(place),
    ],
    query: { apiVersion: 'v1', kind: 'Event' },
    isTerminal: (event) => event.reason === 'FailedCreate' && /exceeded quota/.test(textAt(event, 'message')),
    says: [/Job job-quota cannot create pods: .*exceeded quota: small/],
  },
  {
    title: 'a Job whose pods crash until it gives up',
    objects: (place) => [tried(crashing(place, 'job-crash'), 1, 'Never')],
    query: { apiVersion: 'batch/v1', kind: 'Job' },
    isTerminal: (each) => conditionOf(each, 'FailureTarget') !== undefined,
    says: [/job-crash cannot be rolled out: BackoffLimitExceeded/, /pod job-crash-\S+ ended with exit code 1/],
    logs: lastWords,
  },
  {
    title: 'a Job whose container is restarted until it gives up',
    objects: (place) => [tried(crashing(place, 'job-again'), 1, 'OnFailure')],
    query: { apiVersion: 'batch/v1', kind: 'Job' },
    isTerminal: (each) => conditionOf(each, 'FailureTarget') !== undefined,
    says: [/job-again cannot be rolled out: BackoffLimitExceeded/, /pod job-again-\S+ ended with exit code 1/],
    logs: lastWords,
  },
];

function patient(place: Place, options: Partial<AppOptions>): Manifest {
  return tried(job(shop(place, options)), PATIENT, 'Never');
}

/** The server, which ends at its start and would never end well. */
function crashing(place: Place, name: string): Manifest {
  return job(shop(place, { name, env: { CRASH: '1' }, container: { args: [] } }));
}

function tried(manifest: Manifest, backoffLimit: number, restartPolicy: string): Manifest {
  const { template, ...spec } = manifest.spec as { template: { spec: object } };
  return {
    ...manifest,
    spec: { ...spec, backoffLimit, template: { ...template, spec: { ...template.spec, restartPolicy } } },
  };
}

function lastWords(lines: readonly string[]): void {
  assert.equal(lines.length, 50);
  assert.equal(lines.at(-1), 'fatal: no such table: orders');
}
