import { clusterInputs } from '@slipway/k8s/inputs';
import { defineAction, defineInputs, defineOutputs, type InputsOf } from '@slipway/kit/spec';
import { choice, lines, version } from '@slipway/kit/types';
import { allowOlderInput, strategyInput } from '@slipway/rollout/inputs';
import { deployOutputs } from '@slipway/rollout/outputs';

export const action = defineAction({
  name: 'deploy-k8s',
  description:
    'Rolls manifests and image digests out to a cluster, watched to a truthful end, and takes a bad release back.',
  branding: { icon: 'anchor', color: 'blue' },
  post: true,
  inputs: defineInputs({
    ...clusterInputs,
    manifests: {
      type: lines,
      required: true,
      description: 'Files, folders or globs of YAML, one a line; `-k FOLDER` is built with kustomize.',
      example: '|\n  k8s/',
    },
    images: {
      type: lines,
      description:
        'Which images run, one a line: `repository=reference@sha256:...`, `container:NAME=reference@sha256:...`, or the `release` output of build-push-image.',
      example: '${{ steps.image.outputs.release }}',
    },
    version: {
      type: version,
      description:
        'What the release is called; default: the version of the first release among `images`, else the commit.',
    },
    ...strategyInput,
    mode: {
      type: choice('deploy', 'plan'),
      default: 'deploy',
      description: '`plan` prints what would change, asked of the server itself, and writes nothing.',
    },
    ...allowOlderInput,
  }),
  outputs: defineOutputs(deployOutputs),
});

export type Inputs = InputsOf<typeof action.inputs>;
