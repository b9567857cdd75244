import { digestOf, hexOf } from '@slipway/kernel/digest';
import { canonicalJson } from '@slipway/kernel/json';
import { groupOf, type KubeObject } from '../object.ts';
import { SOURCE_NAME } from './hash-configs.ts';

const DIGITS = 8;
/** Names of Jobs end up in labels of their pods. */
const LONGEST = 63;

export function isJob(object: KubeObject): boolean {
  return object.kind === 'Job' && groupOf(object) === 'batch';
}

/**
 * Names each Job `<name>-<digest8>` by its own content, images and configuration included. So the same Job runs once,
 * whatever else changes around it and however often its release is deployed; another image or setting is another Job.
 */
export function nameJobs(objects: readonly KubeObject[]): readonly KubeObject[] {
  return objects.map((object) => (isJob(object) ? named(object) : object));
}

function named(job: KubeObject): KubeObject {
  const { metadata } = job;
  const digits = hexOf(digestOf(canonicalJson({ name: metadata.name, spec: job.spec }))).slice(0, DIGITS);
  const name = `${metadata.name.slice(0, LONGEST - DIGITS - 1).replace(/[-.]+$/, '')}-${digits}`;
  const annotations = { ...metadata.annotations, [SOURCE_NAME]: metadata.name };
  return { ...job, metadata: { ...metadata, name, annotations } };
}
