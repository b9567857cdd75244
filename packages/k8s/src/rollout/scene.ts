import { FIELD_MANAGER } from '../client.ts';
import { type KubeObject, type ObjectRef, refOf } from '../object.ts';
import { at, conditionOf, listAt, selects, textAt, wordsAt } from './fields.ts';

/** A workload that is waited for, as our own write left it. */
export interface Awaited {
  readonly ref: ObjectRef;
  /** What the answer to our write said: anything older in a status is about something else. */
  readonly generation: number;
  /** Of the object that we wrote; without it, of the first one that is seen. */
  readonly uid?: string;
}

/** All that is known about one workload at one moment. */
export interface Scene {
  readonly awaited: Awaited;
  /** As it is, or as it was when it was last seen. */
  readonly workload: KubeObject;
  /** It was deleted, whether or not another one of its name came. */
  readonly gone: boolean;
  readonly replicaSets: readonly KubeObject[];
  /** ControllerRevisions, of a DaemonSet. */
  readonly revisions: readonly KubeObject[];
  readonly pods: readonly KubeObject[];
  /** Services that send requests to these pods, where they can be read. */
  readonly services: readonly KubeObject[];
  /** Of these Services. */
  readonly slices: readonly KubeObject[];
  /** About the workload, its ReplicaSets, its pods and their volume claims, oldest first. */
  readonly events: readonly KubeObject[];
  /** Undefined as long as nobody asked, or when we may not see them. */
  readonly nodes: readonly KubeObject[] | undefined;
}

/** The objects of one namespace by kind; undefined for a kind that we may not see. */
export type Live = (kind: string) => readonly KubeObject[] | undefined;

/** What to wait for after a write, from its answer. */
export function awaitedOf(written: KubeObject): Awaited {
  const { uid, generation = 0 } = written.metadata;
  return { ref: refOf(written), generation, ...(uid === undefined ? {} : { uid }) };
}

/** Picks what belongs to one workload. */
export function sceneOf(seen: Pick<Scene, 'awaited' | 'workload' | 'gone' | 'nodes'>, live: Live): Scene {
  const { workload } = seen;
  const replicaSets = (live('ReplicaSet') ?? []).filter(ownedBy(workload));
  const pods = workload.kind === 'Pod' ? [workload] : (live('Pod') ?? []).filter(ownedBy(workload, ...replicaSets));
  const allSlices = live('EndpointSlice');
  const services = allSlices === undefined ? [] : (live('Service') ?? []).filter((service) => isFor(service, pods));
  const names = new Set(services.map(({ metadata }) => metadata.name));
  const uids = new Set([workload, ...replicaSets, ...pods].map(({ metadata }) => metadata.uid));
  const claims = new Set(pods.flatMap(claimsOf));
  return {
    ...seen,
    replicaSets,
    revisions: (live('ControllerRevision') ?? []).filter(ownedBy(workload)),
    pods,
    services,
    slices: (allSlices ?? []).filter((slice) => names.has(serviceOf(slice))),
    events: (live('Event') ?? [])
      .filter((event) => uids.has(textAt(event, 'involvedObject', 'uid')) || claims.has(claimIn(event)))
      .toSorted((a, b) => eventTime(a) - eventTime(b)),
  };
}

/** The volume claims that a pod names. */
export function claimsOf(pod: KubeObject): readonly string[] {
  return listAt(pod, 'spec', 'volumes').flatMap((volume) => {
    if (at(volume, 'ephemeral') !== undefined) return [`${pod.metadata.name}-${textAt(volume, 'name')}`];
    const claim = textAt(volume, 'persistentVolumeClaim', 'claimName');
    return claim === '' ? [] : [claim];
  });
}

export function serviceOf(slice: KubeObject): string {
  return slice.metadata.labels?.['kubernetes.io/service-name'] ?? '';
}

/** When it was last seen, in milliseconds since the epoch, by the cluster's clock. */
export function eventTime(event: KubeObject): number {
  const told = [
    textAt(event, 'series', 'lastObservedTime'),
    textAt(event, 'lastTimestamp'),
    textAt(event, 'eventTime'),
    textAt(event, 'metadata', 'creationTimestamp'),
  ].find((text) => text !== '');
  return timeOf(told ?? '');
}

/** When we last wrote the object, by the server's clock, to the second; undefined when we never did. */
export function writtenAt(workload: KubeObject): number | undefined {
  const times = listAt(workload, 'metadata', 'managedFields')
    .filter((entry) => entry.manager === FIELD_MANAGER && textAt(entry, 'subresource') === '')
    .map((entry) => timeOf(textAt(entry, 'time')));
  return times.length === 0 ? undefined : Math.max(...times);
}

export function isTerminating({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

export function isReady(pod: KubeObject): boolean {
  return !isTerminating(pod) && conditionOf(pod, 'Ready') !== undefined;
}

function timeOf(text: string): number {
  const time = Date.parse(text);
  return Number.isNaN(time) ? 0 : time;
}

function ownedBy(...owners: readonly KubeObject[]): (object: KubeObject) => boolean {
  const uids = new Set(owners.map(({ metadata }) => metadata.uid));
  return ({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uids.has(uid)) === true;
}

function isFor(service: KubeObject, pods: readonly KubeObject[]): boolean {
  const selector = wordsAt(service, 'spec', 'selector');
  return pods.some(({ metadata }) => selects(selector, metadata.labels ?? {}));
}

function claimIn(event: KubeObject): string {
  return textAt(event, 'involvedObject', 'kind') === 'PersistentVolumeClaim'
    ? textAt(event, 'involvedObject', 'name')
    : '';
}
