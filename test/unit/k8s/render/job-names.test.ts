import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '@slipway/k8s/object';
import { SOURCE_NAME } from '@slipway/k8s/render/hash-configs';
import { nameJobs } from '@slipway/k8s/render/job-names';
import { bare, web, workload } from '../../../support/kube-objects.ts';

const job = (image: string, name = 'web'): KubeObject => {
  const plain = workload('Job', { backoffLimit: 0 }, { containers: [{ name: 'app', image }] });
  return { ...plain, metadata: { ...plain.metadata, name } };
};
const named = (object: KubeObject): string => nameJobs([object])[0]?.metadata.name ?? '';

test('a Job is named by its own content', () => {
  const name = named(job('shop@sha256:1'));

  assert.match(name, /^web-[0-9a-f]{8}$/);
  assert.equal(named(job('shop@sha256:1')), name, 'the same Job is the same object');
  assert.notEqual(named(job('shop@sha256:2')), name, 'another image is another Job');
  assert.equal(named({ ...job('shop@sha256:1'), metadata: { name: 'web', labels: { a: 'b' } } }), name);
  assert.deepEqual(nameJobs([job('a')])[0]?.metadata.annotations, { [SOURCE_NAME]: 'web' });
});

test('long names are cut and stay apart', () => {
  const [a, b] = [`${'x'.repeat(70)}.a`, `${'x'.repeat(70)}.b`];

  assert.equal(named(job('i', a)).length, 63);
  assert.notEqual(named(job('i', a)), named(job('i', b)));
  assert.match(named(job('i', `${'x'.repeat(53)}-${'y'.repeat(20)}`)), /^x{53}-[0-9a-f]{8}$/);
});

test('everything else keeps its name', () => {
  const others = [web(), workload('CronJob', {}, {}), bare('Job', 'a', 'batch.volcano.sh/v1alpha1')];

  assert.deepEqual(nameJobs(others), others);
});
