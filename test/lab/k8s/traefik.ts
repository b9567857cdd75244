import { connect } from 'node:net';
import { API_URL } from './certificates.ts';
import { type Daemon, startDaemon, until } from './daemon.ts';
import { enter } from './machine.ts';
import { CONTROL_ADDRESS } from './network.ts';
import type { Site } from './site.ts';

const PORT = 8_000;

/** Where requests for the cluster's Ingresses and Gateways go. */
export const INGRESS_URL = `http://${CONTROL_ADDRESS}:${PORT}`;

/** What Traefik is told by the cluster; the definitions of the Gateway API must be there already. */
export const TRAEFIK_CLASSES = [
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'traefik', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
    spec: { controller: 'traefik.io/ingress-controller' },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GatewayClass',
    metadata: { name: 'traefik' },
    spec: { controllerName: 'traefik.io/gateway-controller' },
  },
] as const;

/** Controller and data plane of Ingresses and Gateways, outside the cluster on the lab's network. */
export async function startTraefik({ lab, programs, certificates, folder }: Site): Promise<Daemon> {
  const provider = (name: string): readonly string[] => [
    `--providers.${name}=true`,
    `--providers.${name}.endpoint=${API_URL}`,
    `--providers.${name}.token=${certificates.at('admin.token')}`,
    `--providers.${name}.certauthfilepath=${certificates.at('ca.crt')}`,
  ];
  const argv = [
    '--global.checknewversion=false',
    '--global.sendanonymoususage=false',
    '--log.level=INFO',
    `--entrypoints.web.address=${CONTROL_ADDRESS}:${PORT}`,
    '--providers.providersthrottleduration=100ms',
    ...provider('kubernetesingress'),
    `--providers.kubernetesingress.ingressendpoint.ip=${CONTROL_ADDRESS}`,
    ...provider('kubernetesgateway'),
    `--providers.kubernetesgateway.statusaddress.ip=${CONTROL_ADDRESS}`,
  ];
  const daemon = startDaemon('traefik', enter(lab, [programs.traefik, ...argv]), folder);
  await until('Traefik listens', [daemon], () => listens(CONTROL_ADDRESS, PORT));
  return daemon;
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const end = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });
}
