import type { Digest } from '@slipway/kernel/digest';
import type { Log } from '@slipway/kernel/log';
import type { KubeApi } from './api.ts';
import type { KubeObject } from './object.ts';
import type { KubePlace } from './place.ts';
import type { Recorded, Records } from './records.ts';
import type { SetStore } from './set-store.ts';
import type { Works } from './works.ts';

/** The one member of a cluster: everything that a release is made of is moved as one. */
export const MEMBER = 'cluster';

/** One run's hold on an app in a cluster. */
export interface ClusterSession {
  readonly api: KubeApi;
  readonly place: KubePlace;
  readonly sets: SetStore;
  readonly records: Records;
  readonly works: Works;
  readonly log: Log;
  /** A rollback, or the end of a run that was cut off: what is left was bad. */
  readonly returning: boolean;
  /** As read last, and changed by us since. */
  recorded: Recorded;
  /** Workloads as our own writes left them: their generations are what a rollout is judged by. */
  readonly applied: Map<Digest, readonly KubeObject[]>;
}
