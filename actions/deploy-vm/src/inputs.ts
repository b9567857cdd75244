import { defineAction, defineInputs, defineOutputs, type InputsOf } from '@slipway/kit/spec';
import { choice, text } from '@slipway/kit/types';
import { allowOlderInput } from '@slipway/rollout/inputs';
import { deployOutputs } from '@slipway/rollout/outputs';
import { deploymentInputs, fleetInputs } from '@slipway/vm/inputs';
import { strategyInputs } from '@slipway/vm/strategy-inputs';

export const action = defineAction({
  name: 'deploy-vm',
  description: 'Brings a release to a fleet of hosts over SSH, behind a load balancer, without losing a request.',
  branding: { icon: 'server', color: 'blue' },
  post: true,
  inputs: defineInputs({
    ...fleetInputs,
    release: {
      type: text,
      required: true,
      description: 'The release record: the `release` output of publish-artifact, or the path of a `release.json`.',
      example: '${{ steps.publish.outputs.release }}',
    },
    ...deploymentInputs,
    ...strategyInputs,
    mode: {
      type: choice('deploy', 'plan'),
      default: 'deploy',
      description: '`plan` prints the very plan that would run, and writes nothing.',
    },
    ...allowOlderInput,
  }),
  outputs: defineOutputs(deployOutputs),
});

export type Inputs = InputsOf<typeof action.inputs>;
