import { parseReference } from '@slipway/image/reference';
import type { Problem } from '@slipway/kernel/errors';
import { isArrayOf, isInteger, isObject, isString, type JsonObject } from '@slipway/kernel/json';
import { describeRef, groupOf, type KubeObject, refOf } from '../object.ts';
import { type Container, containersOf, podLabelsOf, podSpecOf } from '../pod-template.ts';
import { unavailableAtOnce } from './unavailable.ts';

/** Tried on a real cluster under load: 0 s and 1 s of it lose requests, 3 s lose none. */
const PRE_STOP_SECONDS = 3;
const DEFAULT_GRACE_SECONDS = 30;
/** A rollout keeps this share of the replicas, unless the manifest says otherwise. */
const KEPT = 0.75;

/** What in the objects will lose requests or surprise somebody: each with the line to write. Nothing of it is refused. */
export function findWarnings(objects: readonly KubeObject[]): readonly Problem[] {
  return objects.flatMap((object) => {
    const who = describeRef(refOf(object));
    const spec = podSpecOf(object);
    if (spec === undefined) return [];
    const serving = isServing(object, spec, objects) ? servingWarnings(object, spec, objects) : [];
    return [...serving, ...tagWarnings(spec), ...jobWarnings(object)].map(({ what, ...rest }) => ({
      what: `${who} ${what}`,
      ...rest,
    }));
  });
}

function servingWarnings(object: KubeObject, spec: JsonObject, objects: readonly KubeObject[]): readonly Problem[] {
  return [...probeWarnings(spec), ...endWarnings(spec), ...capacityWarnings(object, objects)];
}

/** Others send requests to its pods: a Service selects them, or they name ports. Nobody waits for the pods of a Job. */
function isServing(object: KubeObject, spec: JsonObject, objects: readonly KubeObject[]): boolean {
  if (groupOf(object) !== 'apps') return false;
  const labels = podLabelsOf(object);
  const selects = ({ kind, metadata, spec: service }: KubeObject): boolean => {
    if (kind !== 'Service' || metadata.namespace !== object.metadata.namespace || !isObject(service?.selector))
      return false;
    const wanted = Object.entries(service.selector);
    return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
  };
  return (
    objects.some(selects) || containersOf(spec).some(({ ports }) => isArrayOf(ports, isObject) && ports.length > 0)
  );
}

function mainContainers(spec: JsonObject): readonly Container[] {
  return containersOf({ containers: spec.containers });
}

function probeWarnings(spec: JsonObject): readonly Problem[] {
  const containers = mainContainers(spec);
  if (containers.some(({ readinessProbe }) => readinessProbe !== undefined)) return [];
  const { name = 'app' } = containers[0] ?? {};
  return [
    {
      what: 'has no readiness probe: a pod gets requests as soon as its process runs, and a broken release looks healthy.',
      fix: `readinessProbe: { httpGet: { path: /healthz, port: 8080 }, periodSeconds: 2 }    # in the container ${name}`,
    },
  ];
}

function endWarnings(spec: JsonObject): readonly Problem[] {
  const waits = mainContainers(spec).map(preStopSeconds);
  const longest = Math.max(0, ...waits);
  if (longest < PRE_STOP_SECONDS) {
    const got = longest === 0 ? 'no preStop' : `a preStop of ${longest} s`;
    return [
      {
        what: `has ${got}: its pods end while others still send them requests, and those fail.`,
        fix: `lifecycle: { preStop: { sleep: { seconds: ${PRE_STOP_SECONDS} } } }    # and finish what is in flight on SIGTERM`,
      },
    ];
  }
  const grace = isInteger(spec.terminationGracePeriodSeconds)
    ? spec.terminationGracePeriodSeconds
    : DEFAULT_GRACE_SECONDS;
  if (longest === Number.POSITIVE_INFINITY || grace > longest + PRE_STOP_SECONDS) return [];
  return [
    {
      what: `is killed ${grace} s after it is asked to end, and its preStop takes ${longest} s of that.`,
      fix: `terminationGracePeriodSeconds: ${longest + DEFAULT_GRACE_SECONDS}`,
    },
  ];
}

/** Infinite when it is a command or a request, whose time nobody knows. */
function preStopSeconds({ lifecycle }: Container): number {
  const preStop = isObject(lifecycle) ? lifecycle.preStop : undefined;
  if (!isObject(preStop)) return 0;
  if (!isObject(preStop.sleep)) return Number.POSITIVE_INFINITY;
  return isInteger(preStop.sleep.seconds) ? preStop.sleep.seconds : 0;
}

function capacityWarnings(object: KubeObject, objects: readonly KubeObject[]): readonly Problem[] {
  const { kind, spec = {}, metadata } = object;
  if (kind === 'DaemonSet') return [];
  const replicas = isInteger(spec.replicas) ? spec.replicas : 1;
  const isScaled = objects.some(
    ({ kind: other, spec: scaler }) =>
      other === 'HorizontalPodAutoscaler' &&
      isObject(scaler?.scaleTargetRef) &&
      scaler.scaleTargetRef.name === metadata.name,
  );
  const single: Problem = {
    what: 'has one replica: when its pod or node fails, nobody serves until another one is ready.',
    fix: 'replicas: 2',
  };
  const found = replicas === 1 && !isScaled ? [single] : [];
  if (isObject(spec.strategy) && spec.strategy.type === 'Recreate') {
    const what = 'stops all its pods before the first new one starts: nobody serves in between.';
    return [...found, { what, got: 'strategy: { type: Recreate }', fix: 'strategy: { type: RollingUpdate }' }];
  }
  const away = unavailableAtOnce(object, replicas);
  if (replicas < 1 || (replicas - away) / replicas >= KEPT || (kind === 'StatefulSet' && away <= 1)) return found;
  return [
    ...found,
    {
      what: `loses ${away} of its ${replicas} replicas at once during a rollout.`,
      got: JSON.stringify(spec.strategy ?? spec.updateStrategy),
      fix: `${kind === 'StatefulSet' ? 'updateStrategy' : 'strategy'}: { rollingUpdate: { maxUnavailable: ${kind === 'StatefulSet' ? 1 : 0} } }`,
    },
  ];
}

function tagWarnings(spec: JsonObject): readonly Problem[] {
  return containersOf(spec).flatMap(({ name, image }) => {
    const reference = isString(image) ? parseReference(image) : undefined;
    if (reference === undefined || 'what' in reference || reference.digest !== undefined) return [];
    return [
      {
        what: `takes the image of its container ${name} by a tag, which can stand for something else tomorrow.`,
        got: String(image),
        fix: `container:${name}=${reference.registry}/${reference.path}@sha256:...    # a line of the input "images"`,
      },
    ];
  });
}

function jobWarnings({ kind, spec }: KubeObject): readonly Problem[] {
  const ttl = spec?.ttlSecondsAfterFinished;
  if (kind !== 'Job' || !isInteger(ttl)) return [];
  const what = `is deleted ${ttl} s after its end: nobody knows then that it has run, and it may run again.`;
  return [{ what, got: `ttlSecondsAfterFinished: ${ttl}`, fix: 'remove the line; old Jobs go with their release' }];
}
