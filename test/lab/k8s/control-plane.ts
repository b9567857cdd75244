import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { API_URL, type Certificates } from './certificates.ts';
import { type Daemon, startDaemon, until } from './daemon.ts';
import { enter } from './machine.ts';
import { CONTROL_ADDRESS, POD_NETWORK, SERVICE_NETWORK } from './network.ts';
import type { Site } from './site.ts';

const ETCD = 'http://127.0.0.1:23790';
const ETCD_PEER = 'http://127.0.0.1:23800';

/** etcd, API server, controllers and scheduler, all started at once: each waits for what it needs. */
export async function startControlPlane({ lab, programs, certificates, folder }: Site): Promise<readonly Daemon[]> {
  await mkdir(join(folder, 'etcd'), { recursive: true, mode: 0o700 });
  const kubeconfigs = { controllers: 'system:kube-controller-manager', scheduler: 'system:kube-scheduler' };
  for (const [name, user] of Object.entries(kubeconfigs)) {
    await writeFile(certificates.at(`${name}.kubeconfig`), certificates.kubeconfig(user), { mode: 0o600 });
  }
  const start = (part: string, args: readonly string[]): Daemon =>
    startDaemon(part, enter(lab, [programs.kubernetes, part, ...args]), folder);
  const daemons = [
    start('etcd', etcdArguments(join(folder, 'etcd'))),
    start('kube-apiserver', apiServerArguments(certificates)),
  ];
  await until('the API server is ready', daemons, () => isReady(certificates));
  return [
    ...daemons,
    start('kube-controller-manager', controllerArguments(certificates, folder)),
    start('kube-scheduler', [
      `--kubeconfig=${certificates.at('scheduler.kubeconfig')}`,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
    ]),
  ];
}

/** GET of the API server, as administrator; undefined when there is no good answer. */
export async function ask(certificates: Certificates, path: string): Promise<string | undefined> {
  const headers = { authorization: `Bearer ${certificates.token('admin')}` };
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  request(`${API_URL}${path}`, { headers, ca: certificates.authority, timeout: 2_000 }, (response) => {
    text(response).then((body) => resolve(response.statusCode === 200 ? body : undefined), reject);
  })
    .on('timeout', () => resolve(undefined))
    .on('error', () => resolve(undefined))
    .end();
  return await promise;
}

async function isReady(certificates: Certificates): Promise<boolean> {
  return (await ask(certificates, '/readyz')) !== undefined;
}

function etcdArguments(data: string): readonly string[] {
  return [
    '--name=lab',
    `--data-dir=${data}`,
    // nobody wants this data after a power cut
    '--unsafe-no-fsync',
    `--listen-client-urls=${ETCD}`,
    `--advertise-client-urls=${ETCD}`,
    `--listen-peer-urls=${ETCD_PEER}`,
    `--initial-advertise-peer-urls=${ETCD_PEER}`,
    `--initial-cluster=lab=${ETCD_PEER}`,
    '--log-level=warn',
  ];
}

function apiServerArguments({ at }: Certificates): readonly string[] {
  return [
    `--etcd-servers=${ETCD}`,
    `--bind-address=${CONTROL_ADDRESS}`,
    `--advertise-address=${CONTROL_ADDRESS}`,
    '--secure-port=6443',
    `--tls-cert-file=${at('apiserver.crt')}`,
    `--tls-private-key-file=${at('apiserver.key')}`,
    `--client-ca-file=${at('ca.crt')}`,
    `--token-auth-file=${at('tokens.csv')}`,
    `--kubelet-client-certificate=${at('kubelet-client.crt')}`,
    `--kubelet-client-key=${at('kubelet-client.key')}`,
    '--kubelet-preferred-address-types=InternalIP',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${at('service-account.pub')}`,
    `--service-account-signing-key-file=${at('service-account.key')}`,
    `--service-cluster-ip-range=${SERVICE_NETWORK}`,
    '--authorization-mode=Node,RBAC',
    '--allow-privileged',
    '--profiling=false',
  ];
}

function controllerArguments({ at }: Certificates, folder: string): readonly string[] {
  return [
    `--kubeconfig=${at('controllers.kubeconfig')}`,
    '--use-service-account-credentials',
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
    `--root-ca-file=${at('ca.crt')}`,
    `--service-account-private-key-file=${at('service-account.key')}`,
    `--cluster-cidr=${POD_NETWORK}`,
    `--service-cluster-ip-range=${SERVICE_NETWORK}`,
    `--flex-volume-plugin-dir=${folder}/plugins`,
  ];
}
