import type { KubeObject } from '@slipway/k8s/object';

export interface ShopOptions {
  readonly greeting?: string;
  readonly token?: string;
  readonly replicas?: number;
}

/** A Deployment behind a Service, with a ConfigMap and a Secret that its pods read. */
export function shopObjects(image: string, { greeting = 'hello', token = 'hunter2', replicas = 2 }: ShopOptions = {}) {
  return [
    aDeployment('shop', image, replicas),
    aService('shop'),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shop' }, data: { greeting } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'shop' }, stringData: { token } },
  ] satisfies readonly KubeObject[];
}

export function aDeployment(name: string, image: string, replicas = 2): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      progressDeadlineSeconds: 600,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: 'app',
              image,
              envFrom: [{ configMapRef: { name } }, { secretRef: { name } }],
            },
          ],
        },
      },
    },
  };
}

export function aService(name: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
  };
}

export function aJob(name: string, image: string): KubeObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: { backoffLimit: 0, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'job', image }] } } },
  };
}

export function aConfigMap(name: string, data: Readonly<Record<string, string>>): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}
