import { defineOutputs } from '@slipway/kit/spec';

/** What deploys and rollbacks tell the steps after them. */
export const deployOutputs = defineOutputs({
  outcome: { description: '`deployed`, `unchanged`, `planned`, `superseded`, `rolled-back` or `failed`.' },
  version: { description: 'The version that is live now.' },
  'previous-version': { description: 'The version that was live before.' },
  digest: { description: 'The digest of the live release.' },
  plan: { description: 'The plan as JSON: its steps, and the notes on what was adjusted or respected.' },
  report: { description: 'The whole story as JSON: steps with their times, members, failures.' },
});
