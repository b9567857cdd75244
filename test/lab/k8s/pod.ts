/** What the test app runs as; `env` is described in `app/main.go`. */
export interface AppOptions {
  /** Of the workload, its Service and its Ingress. Default: `shop`. */
  readonly name?: string;
  readonly namespace?: string;
  readonly image: string;
  readonly replicas?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds between "out of the Service" and SIGTERM; 0 = none. Default 3. */
  readonly preStop?: number;
  /** A readiness probe each second. Default true. */
  readonly readiness?: boolean;
  /** terminationGracePeriodSeconds. Default 30. */
  readonly grace?: number;
  /** Greeting and token come from the ConfigMap and the Secret of the app's name: see `settings`. */
  readonly configured?: boolean;
  /** More of the container: `resources`, `args`, `volumeMounts`, ... */
  readonly container?: Readonly<Record<string, unknown>>;
}

/** Where the app listens. */
export const APP_PORT = 8080;

export interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>>;
}

export function nameOf({ name }: Pick<AppOptions, 'name'>): string {
  return name ?? 'shop';
}

export function labelsOf(options: Pick<AppOptions, 'name'>): Readonly<Record<string, string>> {
  return { app: nameOf(options) };
}

export function podTemplate(options: AppOptions): PodTemplate {
  const { preStop = 3, readiness = true, configured = false } = options;
  const probe = { httpGet: { path: '/healthz', port: APP_PORT }, periodSeconds: 1, failureThreshold: 2 };
  const env = Object.entries(options.env ?? {}).map(([name, value]) => ({ name, value }));
  const container = {
    name: 'app',
    image: options.image,
    ports: [{ name: 'http', containerPort: APP_PORT }],
    env: configured ? [...env, ...configuredEnv(options)] : env,
    ...(readiness ? { readinessProbe: probe } : {}),
    ...(preStop > 0 ? { lifecycle: { preStop: { sleep: { seconds: preStop } } } } : {}),
    ...(configured ? { volumeMounts: [{ name: 'config', mountPath: '/config' }] } : {}),
    ...options.container,
  };
  return {
    metadata: { labels: labelsOf(options) },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: options.grace ?? 30,
      containers: [container],
      ...(configured ? { volumes: [{ name: 'config', configMap: { name: nameOf(options) } }] } : {}),
    },
  };
}

function configuredEnv(options: AppOptions): readonly object[] {
  const name = nameOf(options);
  return [
    { name: 'GREETING', valueFrom: { configMapKeyRef: { name, key: 'greeting' } } },
    { name: 'TOKEN', valueFrom: { secretKeyRef: { name, key: 'token' } } },
  ];
}
