import { formatAmount, resolveAmount } from '@slipway/kernel/amount';
import type { Problem } from '@slipway/kernel/errors';
import type { RollingRequest } from './plan.ts';
import { inService, type Topology } from './topology.ts';

/** How many members may be out of service at once, and how many stay in. */
export interface Room {
  readonly minAvailable: number;
  readonly batch: number;
  /** Serving members that are taken out at once; at least 1. */
  readonly servingBatch: number;
  readonly notes: readonly string[];
}

/**
 * The room that a rolling update has. Members that are down or drained cost nothing and come first, so that by the
 * time a serving member is taken out, everything but what an operator drained is in service.
 */
export function roomFor(
  request: RollingRequest,
  topology: Topology,
  takesOutServing: boolean,
): Room | readonly Problem[] {
  const total = topology.members.length;
  const atStart = topology.members.filter(inService).length;
  const minAvailable = Math.min(Math.max(1, resolveAmount(request.minAvailable, total)), atStart);
  const batch = Math.max(1, resolveAmount(request.batch, total));
  if (!takesOutServing) return { minAvailable, batch, servingBatch: batch, notes: [] };

  const available = topology.members.filter((member) => !member.drainedByOperator).length;
  const spare = available - minAvailable;
  const problem = downtime(request, topology, available, minAvailable);
  if (problem === undefined) {
    const lowered = `The batch is ${spare} and not ${batch}: of ${available} members in service ${minAvailable} must stay.`;
    return { minAvailable, batch, servingBatch: Math.min(batch, spare), notes: spare < batch ? [lowered] : [] };
  }
  if (!request.allowDowntime) return [problem];
  const notes = [`allow-downtime: ${problem.what}`];
  // One at a time breaks the promise as little as can be.
  if (spare < 1) return { minAvailable: available - 1, batch, servingBatch: 1, notes };
  return { minAvailable, batch, servingBatch: Math.min(batch, spare), notes };
}

/** Why requests would be lost, or undefined when none are. */
function downtime(
  request: RollingRequest,
  topology: Topology,
  available: number,
  minAvailable: number,
): Problem | undefined {
  if (topology.capabilities.weights === 'none') {
    return {
      what: 'Without a balancer no traffic can be taken off a member, so replacing what is live loses requests.',
      fix: 'name the `balancer`, or accept it: `allow-downtime: true`',
    };
  }
  if (available > minAvailable) return undefined;
  if (available === 1) {
    const only = topology.members.find((member) => !member.drainedByOperator);
    return {
      what: `${only?.name} is the only member that can be in service, so replacing what is live loses requests.`,
      fix: 'add a member, or accept it: `allow-downtime: true`',
    };
  }
  return {
    what: 'Not even one member may be taken out of service.',
    got: `min-available: ${formatAmount(request.minAvailable)}, that is ${minAvailable} of ${available} members that can be in service`,
    allowed: `at most ${available - 1}`,
    fix: `\`min-available: ${available - 1}\`, or more members, or \`allow-downtime: true\``,
  };
}
