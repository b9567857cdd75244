import type { KubeObject } from '../object.ts';

/**
 * When each kind is applied. What others need comes first; what brings or moves traffic comes last. Kinds that are not
 * here, such as custom resources, are applied with the workloads.
 */
const ORDER = [
  { phase: 'foundation', kinds: ['Namespace'] },
  { phase: 'foundation', kinds: ['CustomResourceDefinition'] },
  { phase: 'foundation', kinds: ['PriorityClass', 'StorageClass', 'RuntimeClass', 'IngressClass', 'GatewayClass'] },
  { phase: 'foundation', kinds: ['ResourceQuota', 'LimitRange', 'NetworkPolicy', 'ServiceAccount'] },
  { phase: 'foundation', kinds: ['ClusterRole', 'Role'] },
  { phase: 'foundation', kinds: ['ClusterRoleBinding', 'RoleBinding'] },
  { phase: 'foundation', kinds: ['ConfigMap', 'Secret'] },
  { phase: 'foundation', kinds: ['PersistentVolume', 'PersistentVolumeClaim'] },
  { phase: 'jobs', kinds: ['Job'] },
  { phase: 'rollout', kinds: ['Service', 'EndpointSlice', 'Endpoints'] },
  { phase: 'rollout', kinds: ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Pod', 'CronJob'] },
  { phase: 'rollout', kinds: ['Gateway', 'Ingress', 'HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'] },
  { phase: 'rollout', kinds: ['HorizontalPodAutoscaler', 'PodDisruptionBudget', 'ScaledObject'] },
  { phase: 'rollout', kinds: ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'APIService'] },
] as const;

export type ApplyPhase = (typeof ORDER)[number]['phase'];

const OTHERS = ORDER.findIndex(({ kinds }) => kinds.some((kind) => kind === 'Deployment'));

const RANKS: ReadonlyMap<string, number> = new Map(
  ORDER.flatMap(({ kinds }, rank) => kinds.map((kind): [string, number] => [kind, rank])),
);

/** Objects of one rank may be applied at the same time; a lower one is applied before a higher one. */
export function rankOf({ kind }: KubeObject): number {
  return RANKS.get(kind) ?? OTHERS;
}

/** In the order of ranks; within one, as they were. */
export function inApplyOrder(objects: readonly KubeObject[]): readonly KubeObject[] {
  return objects.toSorted((a, b) => rankOf(a) - rankOf(b));
}

/** The objects of each phase, in order: what everything stands on, the Jobs that run before the rollout, and the rest. */
export function inPhases(objects: readonly KubeObject[]): Readonly<Record<ApplyPhase, readonly KubeObject[]>> {
  const phases: Record<ApplyPhase, KubeObject[]> = { foundation: [], jobs: [], rollout: [] };
  for (const object of inApplyOrder(objects)) phases[ORDER[rankOf(object)]?.phase ?? 'rollout'].push(object);
  return phases;
}
