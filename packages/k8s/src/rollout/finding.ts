import type { KubeObject } from '../object.ts';

/** Kinds of causes; an earlier one is nearer to the root than a later one. */
export const CAUSES = [
  'webhook',
  'quota',
  'create',
  'volume-claim',
  'unschedulable',
  'image',
  'config',
  'mount',
  'start',
  'out-of-memory',
  'liveness',
  'crash',
  'probe',
  'gate',
  'node',
  'sandbox',
  'evicted',
] as const;

export type Cause = (typeof CAUSES)[number];

/** Something that keeps pods of the new revision from getting ready. */
export interface Finding {
  readonly cause: Cause;
  /** The pod, or the controller that cannot create one. */
  readonly subject: KubeObject;
  /** In sentences: what, where, and what the cluster said. */
  readonly what: string;
  /** From when it is first seen until nobody can be expected to cure it any more; `NEVER` is left to deadlines. */
  readonly terminalAfterMs: number;
  readonly container?: string;
  /** Whose last lines explain it: of the container as it is, or of the one before its restart. */
  readonly log?: 'current' | 'previous';
}

/** Nothing in the cluster changes it. */
export const AT_ONCE = 0;
/** What was applied at the same time, or a controller, may bring what is missing. */
export const CURABLE_MS = 2_000;
/** Pods on their way out may make room, and the scheduler tries again within 10 s. */
export const ROOM_MS = 12_000;
/** Another server did not answer; the kubelet tries again after 10 s. */
export const PASSING_MS = 20_000;
/** A controller comes back, after longer and longer pauses, to what was refused before there was room. */
export const RETRY_MS = 60_000;
/** An autoscaler looks around every 10 s, and says so. */
export const SCALING_MS = 30_000;
export const NEVER = Number.POSITIVE_INFINITY;

/** The same trouble of the same pod; a clock that runs for it starts anew when its patience changes. */
export function findingKey({ cause, subject, container = '', terminalAfterMs }: Finding): string {
  return [subject.metadata.uid, container, cause, terminalAfterMs].join(' ');
}

/** `pod web-abc`, `ReplicaSet web`, within a sentence. */
export function named({ kind, metadata }: KubeObject): string {
  return `${kind === 'Pod' ? 'pod' : kind} ${metadata.name}`;
}

/** A message of the cluster as the end of a sentence. */
export function sentence(text: string): string {
  return `${text.trim().replace(/\.$/, '')}.`;
}
