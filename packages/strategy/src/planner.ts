import type { Problem } from '@slipway/kernel/errors';
import { planBlueGreen } from './blue-green.ts';
import { planCanary } from './canary.ts';
import type { DeployRequest, Plan } from './plan.ts';
import { planRolling } from './rolling.ts';
import type { Topology } from './topology.ts';

/** The steps from what is seen to what is asked for, or why that cannot be done without losing requests. */
export function plan(request: DeployRequest, topology: Topology): Plan | readonly Problem[] {
  switch (request.strategy) {
    case 'rolling':
      return planRolling(request, topology);
    case 'blue-green':
      return planBlueGreen(request, topology);
    case 'canary':
      return planCanary(request, topology);
  }
}
