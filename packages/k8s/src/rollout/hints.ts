import type { Cause } from './finding.ts';

/** What to do next, as far as the cause alone tells. */
export const HINTS: Readonly<Partial<Record<Cause, string>>> = {
  quota: 'Ask for less, or have the quota raised.',
  'volume-claim': 'Apply the claim with the rest, or correct its name or its storageClassName.',
  unschedulable: 'Ask for less, or add a node that fits.',
  image: 'Push that image, or correct the reference; if it is there, the pod needs imagePullSecrets.',
  config: 'Apply it with the rest, or correct the name.',
  mount: 'Apply it with the rest, or correct the name.',
  start: 'Correct the command of the container, or its image.',
  'out-of-memory': 'Raise resources.limits.memory, or let it use less.',
  liveness: 'Correct the probe, or give the application more time with a startupProbe.',
  probe: 'Correct the probe or what answers it, or allow more time.',
};
