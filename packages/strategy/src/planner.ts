import type { Problem } from '@slipway/kernel/errors';
import type { DeployRequest, Plan } from './plan.ts';
import { planRolling } from './rolling.ts';
import type { Topology } from './topology.ts';

type Planner = (request: DeployRequest, topology: Topology) => Plan | readonly Problem[];

const PLANNERS: Readonly<Record<DeployRequest['strategy'], Planner>> = {
  rolling: planRolling,
};

/** The steps from what is seen to what is asked for, or why that cannot be done without losing requests. */
export function plan(request: DeployRequest, topology: Topology): Plan | readonly Problem[] {
  return PLANNERS[request.strategy](request, topology);
}
