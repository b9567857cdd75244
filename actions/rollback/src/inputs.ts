import { clusterInputs } from '@slipway/k8s/inputs';
import { defineAction, defineInputs, defineOutputs, type InputsOf } from '@slipway/kit/spec';
import { choice, text } from '@slipway/kit/types';
import { deployOutputs } from '@slipway/rollout/outputs';
import { fleetInputs } from '@slipway/vm/inputs';

const { hosts, inventory, service, health, keep } = fleetInputs;

export const action = defineAction({
  name: 'rollback',
  description:
    'Brings back an earlier healthy release from the ledger, on hosts or in a cluster: no rebuild, no guess.',
  branding: { icon: 'rotate-ccw', color: 'orange' },
  post: true,
  inputs: defineInputs({
    ...clusterInputs,
    ...fleetInputs,
    hosts: {
      type: hosts.type,
      description: `The fleet; without it, the rollback is in a cluster. ${hosts.description}`,
      example: hosts.example,
    },
    inventory: {
      type: inventory.type,
      description: `Another way to name the fleet. ${inventory.description}`,
      example: inventory.example,
    },
    service: { type: service.type, description: `Required for a fleet. ${service.description}` },
    health: {
      type: health.type,
      description: `Required for a fleet. ${health.description}`,
      example: health.example,
    },
    keep: { ...keep, description: 'Healthy releases that stay on the hosts, or whose sets are kept in the cluster.' },
    to: {
      type: text,
      description:
        'Where to go back to: empty = the newest healthy release that is not live and was never rolled back from, `previous` = what was live before, a version, or a digest.',
      example: 'v1.4.2',
    },
    mode: {
      type: choice('deploy', 'plan'),
      default: 'deploy',
      description: '`plan` prints the very plan that would run, and writes nothing.',
    },
  }),
  outputs: defineOutputs(deployOutputs),
});

export type Inputs = InputsOf<typeof action.inputs>;
