import { defineInputs } from '@slipway/kit/spec';
import { choice, duration, flag, name } from '@slipway/kit/types';

export const environmentInput = defineInputs({
  environment: {
    type: name,
    required: true,
    description: 'Where it is deployed to, such as `staging` or `production`.',
    example: 'production',
  },
});

/** For whatever takes the lease of a target. */
export const leaseInputs = defineInputs({
  'lock-wait': { type: duration, default: '10m', description: 'How long to wait while another run has the lease.' },
  lease: {
    type: duration,
    default: '30s',
    description: 'After this time without a sign of life a run counts as dead.',
  },
});

/** What deployments take and rollbacks do not, beside the release itself. */
export const strategyInput = defineInputs({
  strategy: { type: choice('rolling'), default: 'rolling', description: 'How the traffic moves to the new release.' },
});

export const allowOlderInput = defineInputs({
  'allow-older': {
    type: flag,
    default: 'false',
    description: 'Deploys a release of an older run of the same ref than the live one, instead of ending `superseded`.',
  },
});
