import { digestOf, hexOf } from '@slipway/kernel/digest';
import type { ObjectRef } from './object.ts';

/** What is deployed, and the namespace that keeps its records. */
export interface KubePlace {
  readonly app: string;
  readonly environment: string;
  readonly namespace: string;
}

export const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'slipway' } as const;

/** Says of what else we keep to whose records it belongs. */
export const RECORD_LABEL = 'slipway.dev/record';

/** Longest name of what we keep, with room for a suffix below the limit of 63. */
const LONGEST = 40;

/** The name of the Lease, the ledger and all else that we keep: a DNS label, one for each app and environment. */
export function recordName({ app, environment }: KubePlace): string {
  const plain = `slipway-${app}-${environment}`;
  const safe = plain.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-');
  if (safe === plain && safe.length <= LONGEST && !safe.endsWith('-')) return safe;
  // Different apps must never share a name, so what was changed gets a digest of what it was.
  return `${safe.slice(0, LONGEST - 9)}-${hexOf(digestOf(`${app}/${environment}`)).slice(0, 8)}`;
}

export function recordRef(kind: 'ConfigMap' | 'Secret', place: KubePlace): ObjectRef {
  return { apiVersion: 'v1', kind, namespace: place.namespace, name: recordName(place) };
}

export function leaseRef(place: KubePlace): ObjectRef {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: place.namespace, name: recordName(place) };
}
