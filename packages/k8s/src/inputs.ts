import { defineInputs, type InputsOf } from '@slipway/kit/spec';
import { duration, flag, integer, name, path, text } from '@slipway/kit/types';
import { environmentInput, leaseInputs } from '@slipway/rollout/inputs';

/** Which app, and in which cluster: what deploy-k8s and a rollback there say alike. */
export const clusterInputs = defineInputs({
  app: {
    type: name,
    required: true,
    description: 'What is deployed; with the environment it names the ledger and the lease.',
    example: 'shop',
  },
  ...environmentInput,
  namespace: {
    type: name,
    default: 'default',
    description: 'The namespace of the objects that name none, and of the ledger and the lease.',
  },
  context: { type: text, description: 'The context of the kubeconfig; without it, its current one.' },
  kubeconfig: {
    type: path,
    description: 'The path of a kubeconfig; without it, the one that kubectl finds by itself.',
  },
  kubectl: { type: path, default: 'kubectl', description: 'The kubectl program; it is the only way to the cluster.' },
  'rollout-timeout': {
    type: duration,
    default: '10m',
    description: 'For all workloads together to be rolled out; a failure that cannot pass ends it at once.',
  },
  'force-conflicts': {
    type: flag,
    default: 'false',
    description: 'Takes over fields that other managers own; else a conflict names owner and field.',
  },
  ...leaseInputs,
  keep: { type: integer(2, 1000), default: '5', description: 'Healthy releases whose sets are kept in the cluster.' },
});

export type ClusterInputs = InputsOf<typeof clusterInputs>;
