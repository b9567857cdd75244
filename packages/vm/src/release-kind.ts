import { userError } from '@slipway/kernel/errors';
import type { ReleaseId, ReleaseRecord } from '@slipway/kernel/release';
import type { StepContext } from '@slipway/rollout/target';

/** The record of a release of the run, which has to be of the kind that the service runs. */
export function recordOf(id: ReleaseId, kind: ReleaseRecord['kind'], context: StepContext): ReleaseRecord {
  const record = context.releases.get(id.digest);
  if (record === undefined) throw new Error(`the record of ${id.version} (${id.digest}) is not among those of the run`);
  requireKind(record, kind);
  return record;
}

/** Refuses a release that the service cannot run. */
export function requireKind(record: ReleaseRecord, kind: ReleaseRecord['kind']): void {
  if (record.kind === kind) return;
  throw userError(
    `${record.name} ${record.version} is of kind "${record.kind}", and this service runs releases of kind "${kind}".`,
    record.kind === 'image'
      ? 'service: container'
      : 'give the "release" output of build-push-image, or another `service`',
  );
}

/** The image as an engine pulls it: `host/path@digest`. */
export function imageReference({ locations }: ReleaseRecord): string {
  return (locations[0] ?? '').replace(/^oci:\/\//, '');
}
