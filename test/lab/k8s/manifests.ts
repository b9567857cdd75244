import { APP_PORT, type AppOptions, labelsOf, nameOf, podTemplate } from './pod.ts';

/** An object as the API takes it. */
export type Manifest = Readonly<Record<string, unknown>> & {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
};

/** A Deployment that keeps the platform's contract, its Service and its Ingress. */
export function shop(options: AppOptions): readonly Manifest[] {
  return [deployment(options), service(options), ingress(options)];
}

export function deployment(options: AppOptions): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(options),
    spec: {
      replicas: options.replicas ?? 4,
      progressDeadlineSeconds: 60,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      selector: { matchLabels: labelsOf(options) },
      template: podTemplate(options),
    },
  };
}

export function service(options: AppOptions): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(options),
    spec: { selector: labelsOf(options), ports: [{ name: 'http', port: 80, targetPort: APP_PORT }] },
  };
}

/** Everything that comes to the ingress address, or only what is under a path. */
export function ingress(options: AppOptions, path = '/'): Manifest {
  const backend = { service: { name: nameOf(options), port: { number: 80 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadata(options),
    spec: { rules: [{ http: { paths: [{ path, pathType: 'Prefix', backend }] } }] },
  };
}

/** Ordered pods with a name and a volume each; the class comes from `Cluster.addVolumes`. */
export function statefulSet(options: AppOptions, storageClassName: string | undefined): readonly Manifest[] {
  const claim = {
    metadata: { name: 'data' },
    spec: {
      ...(storageClassName === undefined ? {} : { storageClassName }),
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '10Mi' } },
    },
  };
  const headless: Manifest = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(options),
    spec: { clusterIP: 'None', selector: labelsOf(options), ports: [{ name: 'http', port: APP_PORT }] },
  };
  const set: Manifest = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadata(options),
    spec: {
      serviceName: nameOf(options),
      replicas: options.replicas ?? 3,
      selector: { matchLabels: labelsOf(options) },
      template: podTemplate({ ...options, container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] } }),
      volumeClaimTemplates: [claim],
    },
  };
  return [headless, set];
}

/** A pod on each node. */
export function daemonSet(options: AppOptions): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: metadata(options),
    spec: { selector: { matchLabels: labelsOf(options) }, template: podTemplate(options) },
  };
}

/** What runs once and ends: JOB_STATUS and JOB_TIME in `env` say how. */
export function job({ readiness = false, preStop = 0, ...rest }: AppOptions): Manifest {
  const options = { ...rest, readiness, preStop, container: { args: ['job'], ...rest.container } };
  const template = podTemplate(options);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata(options),
    spec: { backoffLimit: 0, template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } },
  };
}

/** The ConfigMap and the Secret that a `configured` app reads. */
export function settings(
  options: Pick<AppOptions, 'name' | 'namespace'>,
  values: { readonly greeting: string; readonly token: string },
): readonly Manifest[] {
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(options), data: { greeting: values.greeting } },
    { apiVersion: 'v1', kind: 'Secret', metadata: metadata(options), stringData: { token: values.token } },
  ];
}

function metadata(options: Pick<AppOptions, 'name' | 'namespace'>): Manifest['metadata'] {
  return { name: nameOf(options), ...(options.namespace === undefined ? {} : { namespace: options.namespace }) };
}
