import type { KubeObject } from '@slipway/k8s/object';
import { digestOf, shortDigest } from '@slipway/kernel/digest';
import { canonicalJson, isArrayOf, isInteger, isObject, isString, type JsonObject } from '@slipway/kernel/json';

/** What controllers see of a cluster in memory, and do to it. */
export interface ControllerView {
  readonly objects: ReadonlyMap<string, KubeObject>;
  store(object: KubeObject): KubeObject;
  drop(object: KubeObject): void;
}

/** An image whose name has this never becomes ready. */
export const BROKEN = 'broken';

/**
 * Deployments, Jobs and Endpoints at their quickest: pods are ready at once, or never. A new revision that is not ready
 * leaves the old pods as they are, as `maxUnavailable: 0` has it.
 */
export function reconcile(view: ControllerView): void {
  for (const deployment of ofKind('Deployment', view)) rollOut(deployment, view);
  for (const job of ofKind('Job', view)) run(job, view);
  collect(view);
  for (const service of ofKind('Service', view)) serve(service, view);
}

function ofKind(wanted: string, { objects }: ControllerView): readonly KubeObject[] {
  return [...objects.values()].filter(({ kind }) => kind === wanted);
}

function rollOut(deployment: KubeObject, view: ControllerView): void {
  const { metadata, spec } = deployment;
  const template = isObject(spec?.template) ? spec.template : {};
  const wanted = isInteger(spec?.replicas) ? spec.replicas : 1;
  const hash = shortDigest(digestOf(canonicalJson(template)));
  const name = `${metadata.name}-${hash}`;
  const isGood = !canonicalJson(template).includes(BROKEN);
  const set = view.store(child(deployment, 'apps/v1', 'ReplicaSet', name, { spec: { replicas: wanted, template } }));
  const others = owned(view, deployment).filter((other) => other.kind === 'ReplicaSet' && other.metadata.name !== name);
  const oldPods = others.flatMap((other) => owned(view, other));
  const fresh = isGood ? wanted : 1;
  const pods = Array.from({ length: fresh }, (_, index) => `${name}-${index}`);
  for (const pod of owned(view, set)) if (!pods.includes(pod.metadata.name)) view.drop(pod);
  for (const pod of pods) view.store(podOf(set, pod, template, isGood));
  if (isGood) for (const pod of oldPods) view.drop(pod);
  else for (const pod of oldPods) if (!isReadyPod(pod)) view.drop(pod);

  const left = isGood ? 0 : oldPods.filter(isReadyPod).length;
  const current = [...view.objects.values()].find((other) => other.metadata.uid === metadata.uid) ?? deployment;
  view.store({
    ...current,
    status: {
      observedGeneration: metadata.generation,
      replicas: fresh + left,
      updatedReplicas: fresh,
      readyReplicas: isGood ? fresh : left,
      availableReplicas: isGood ? fresh : left,
      ...(isGood ? {} : { unavailableReplicas: 1 }),
      conditions: [{ type: 'Available', status: isGood || left > 0 ? 'True' : 'False' }],
    },
  });
}

function podOf(set: KubeObject, name: string, template: JsonObject, isGood: boolean): KubeObject {
  const { metadata, spec } = template;
  const containers = isObject(spec) && isArrayOf(spec.containers, isObject) ? spec.containers : [];
  const labels = isObject(metadata) && isObject(metadata.labels) ? (metadata.labels as Record<string, string>) : {};
  const pod = child(set, 'v1', 'Pod', name, { spec: isObject(spec) ? spec : {} });
  const waiting = { waiting: { reason: 'ErrImagePull', message: 'no such image' } };
  return {
    ...pod,
    metadata: { ...pod.metadata, labels },
    status: {
      phase: isGood ? 'Running' : 'Pending',
      conditions: [{ type: 'Ready', status: isGood ? 'True' : 'False' }],
      containerStatuses: containers.map((container) => ({
        name: container.name,
        image: container.image,
        ready: isGood,
        restartCount: 0,
        state: isGood ? { running: {} } : waiting,
      })),
    },
  };
}

function run(job: KubeObject, view: ControllerView): void {
  if (job.status !== undefined) return;
  const isGood = !canonicalJson(job.spec ?? {}).includes(BROKEN);
  const condition = isGood
    ? { type: 'Complete', status: 'True' }
    : { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: 'it ended with status 1' };
  view.store({ ...job, status: { conditions: [condition] } });
}

function serve(service: KubeObject, view: ControllerView): void {
  const { name, namespace } = service.metadata;
  const selector = isObject(service.spec?.selector) ? Object.entries(service.spec.selector) : [];
  const pods = [...view.objects.values()].filter(
    ({ kind, metadata }) =>
      kind === 'Pod' &&
      metadata.namespace === namespace &&
      selector.length > 0 &&
      selector.every(([key, value]) => metadata.labels?.[key] === value),
  );
  const slice = child(service, 'discovery.k8s.io/v1', 'EndpointSlice', `${name}-slice`, {
    endpoints: pods.map((pod) => ({
      conditions: { ready: isReadyPod(pod) },
      targetRef: { kind: 'Pod', name: pod.metadata.name, uid: pod.metadata.uid },
    })),
  });
  view.store({ ...slice, metadata: { ...slice.metadata, labels: { 'kubernetes.io/service-name': name } } });
}

/** What its owner left behind goes too. */
function collect(view: ControllerView): void {
  for (;;) {
    const uids = new Set([...view.objects.values()].map(({ metadata }) => metadata.uid));
    const orphans = [...view.objects.values()].filter(({ metadata }) =>
      metadata.ownerReferences?.some(({ uid }) => !uids.has(uid)),
    );
    if (orphans.length === 0) return;
    for (const orphan of orphans) view.drop(orphan);
  }
}

function child(owner: KubeObject, apiVersion: string, kind: string, name: string, body: JsonObject): KubeObject {
  const { namespace, uid = '' } = owner.metadata;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ownerReferences: [{ uid, kind: owner.kind, name: owner.metadata.name }],
    },
    ...body,
  };
}

function owned(view: ControllerView, owner: KubeObject): readonly KubeObject[] {
  const { uid } = owner.metadata;
  return [...view.objects.values()].filter(({ metadata }) => metadata.ownerReferences?.some((ref) => ref.uid === uid));
}

export function isReadyPod({ status }: KubeObject): boolean {
  const conditions = isArrayOf(status?.conditions, isObject) ? status.conditions : [];
  return conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');
}

/** The images of the pods that a Service sends requests to. */
export function servedImages(objects: ReadonlyMap<string, KubeObject>, service: string): readonly string[] {
  const slice = [...objects.values()].find(
    ({ kind, metadata }) => kind === 'EndpointSlice' && metadata.name === `${service}-slice`,
  );
  const endpoints = isArrayOf(slice?.endpoints, isObject) ? slice.endpoints : [];
  const uids = endpoints.flatMap(({ conditions, targetRef }) =>
    isObject(conditions) && conditions.ready === true && isObject(targetRef) ? [targetRef.uid] : [],
  );
  const images = [...objects.values()]
    .filter(({ kind, metadata }) => kind === 'Pod' && uids.includes(metadata.uid))
    .flatMap(({ spec }) => (isArrayOf(spec?.containers, isObject) ? spec.containers : []))
    .flatMap(({ image }) => (isString(image) ? [image] : []));
  return [...new Set(images)];
}
