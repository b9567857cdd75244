import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import type { TestContext } from 'node:test';
import { systemExec } from '@slipway/effects/exec-real';
import { applyAll } from '@slipway/k8s/apply/apply-all';
import { runJob } from '@slipway/k8s/apply/run-jobs';
import { placeObjects } from '@slipway/k8s/manifests/place-objects';
import { readManifests } from '@slipway/k8s/manifests/read';
import { type KubeObject, refOf } from '@slipway/k8s/object';
import { hashConfigs } from '@slipway/k8s/render/hash-configs';
import { nameJobs } from '@slipway/k8s/render/job-names';
import { job } from '../../lab/k8s/manifests.ts';
import { keptLog } from '../../support/kept-log.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { empty, type Place, settings } from './place.ts';

/** Manifests of every form become objects; what they define is served before it is used. */
export async function appliesWholeSets(_t: TestContext, place: Place): Promise<void> {
  const { api, cluster, namespace, signal } = place;
  await using folder = temporaryFolder();
  const group = `x${process.pid}.example`;
  await mkdir(folder.at('over'));
  await writeFile(folder.at('over/kustomization.yaml'), 'resources: [map.yaml]\nnamePrefix: over-\n');
  await writeFile(
    folder.at('over/map.yaml'),
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: map }\ndata: { mode: "0644" }\n',
  );
  await writeFile(
    folder.at('all.json'),
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [custom(group), definition(group)] }),
  );
  const ports = { workspace: folder.path, exec: systemExec, signal };
  const manifests = await readManifests(['all.json', '-k over'], cluster.kubectl, ports);

  const objects = await placeObjects(manifests, namespace, api);
  const applied = await applyAll(objects, {}, place);

  try {
    assert.deepEqual(
      applied.map(({ answer }) => `${answer.kind} ${answer.metadata.namespace ?? '-'}/${answer.metadata.name}`),
      [`CustomResourceDefinition -/things.${group}`, `ConfigMap ${namespace}/over-map`, `Thing ${namespace}/one`],
    );
  } finally {
    await api.remove(refOf(definition(group)));
  }
}

function custom(group: string): KubeObject {
  return { apiVersion: `${group}/v1`, kind: 'Thing', metadata: { name: 'one' }, spec: { size: 3 } };
}

function definition(group: string): KubeObject {
  const openAPIV3Schema = {
    type: 'object',
    properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `things.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind: 'Thing', plural: 'things', singular: 'thing' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}

/** What an autoscaler has made of the replicas stays, and it takes them over without a fall to 1. */
export async function leavesReplicas(_t: TestContext, place: Place): Promise<void> {
  const { cluster, namespace } = place;
  const ownOnly = empty(place, { replicas: 2, paused: true }, 'scaled');
  const scaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'scaled', namespace },
    spec: {
      minReplicas: 2,
      maxReplicas: 9,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'scaled' },
    },
  };
  const replicasAfter = async (...objects: readonly KubeObject[]): Promise<unknown> =>
    (await applyAll(objects, {}, place)).find(({ answer }) => answer.kind === 'Deployment')?.answer.spec?.replicas;

  assert.equal(await replicasAfter(ownOnly), 2);
  assert.equal(await replicasAfter(ownOnly, scaler), 2, 'not 1: nobody else owns the field yet');
  await cluster.run(['scale', 'deployment/scaled', '--replicas=5', '-n', namespace]);
  assert.equal(await replicasAfter(ownOnly, scaler), 5);
  assert.equal(
    await replicasAfter(empty(place, { replicas: 3, paused: true }, 'scaled')),
    5,
    'the one in the cluster counts',
  );
}

/** A Job runs once for its content; one that failed runs again. */
export async function runsJobsOnce(_t: TestContext, place: Place): Promise<void> {
  const { cluster, namespace } = place;
  const log = keptLog();
  const shop = { name: 'migrate', namespace, image: `${cluster.registry.push}/app:v1` };
  const config = settings(place, 'step', { JOB_STATUS: '0' });
  const bad = settings(place, 'step', { JOB_STATUS: '3' });
  const reading = job({ ...shop, container: { args: ['job'], envFrom: [{ configMapRef: { name: 'step' } }] } });
  const [goodConfig, good] = nameJobs(hashConfigs([config, reading as KubeObject], 'key'));
  const [badConfig, failing] = nameJobs(hashConfigs([bad, reading as KubeObject], 'key'));
  assert.ok(goodConfig !== undefined && good !== undefined && badConfig !== undefined && failing !== undefined);
  await applyAll([goodConfig, badConfig], {}, place);
  const ports = { ...place, log };

  const [first, failed] = await Promise.all([runJob(good, ports), runJob(failing, ports)]);
  const [second, again] = await Promise.all([runJob(good, ports), runJob(failing, ports)]);

  assert.notEqual(good.metadata.name, failing.metadata.name);
  assert.deepEqual([first.kind, first.kind === 'complete' && first.now], ['complete', true]);
  assert.deepEqual([second.kind, second.kind === 'complete' && second.now], ['complete', false]);
  assert.equal(second.job.metadata.uid, first.job.metadata.uid);
  assert.deepEqual(
    [failed, again].map((end) => end.kind === 'failed' && end.reason),
    ['BackoffLimitExceeded', 'BackoffLimitExceeded'],
  );
  assert.notEqual(again.job.metadata.uid, failed.job.metadata.uid);
}
