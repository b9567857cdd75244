import { formatAmount, resolveAmount } from '@slipway/kernel/amount';
import type { Problem } from '@slipway/kernel/errors';
import type { RollingRequest } from './plan.ts';
import { inService, type Topology } from './topology.ts';

/** How many members may be out of service at once, and how many stay in. */
export interface Room {
  readonly minAvailable: number;
  /** Sizes of the batches in their order, the last one for all that follow; at least 1. */
  readonly batches: readonly number[];
  /** The same for members that serve. */
  readonly servingBatches: readonly number[];
  readonly notes: readonly string[];
}

/**
 * The room that a rolling update has. Members that are down or drained cost nothing and come first, so that by the
 * time a serving member is taken out, everything but what an operator drained is in service.
 */
export function roomFor(
  request: Pick<RollingRequest, 'batch' | 'minAvailable' | 'allowDowntime'>,
  topology: Topology,
  takesOutServing: boolean,
): Room | readonly Problem[] {
  const total = topology.members.length;
  const atStart = topology.members.filter(inService).length;
  const minAvailable = Math.min(Math.max(1, resolveAmount(request.minAvailable, total)), atStart);
  const batches = request.batch.map((amount) => Math.max(1, resolveAmount(amount, total)));
  if (!takesOutServing) return { minAvailable, batches, servingBatches: batches, notes: [] };

  const available = topology.members.filter((member) => !member.drainedByOperator).length;
  const spare = available - minAvailable;
  const problem = downtime(request, topology, available, minAvailable);
  if (problem === undefined) {
    const largest = Math.max(...batches);
    const lowered = `The batch is ${spare} and not ${largest}: of ${available} members in service ${minAvailable} must stay.`;
    return { minAvailable, batches, servingBatches: capped(spare), notes: spare < largest ? [lowered] : [] };
  }
  if (!request.allowDowntime) return [problem];
  const notes = [`allow-downtime: ${problem.what}`];
  // One at a time breaks the promise as little as can be.
  if (spare < 1) return { minAvailable: available - 1, batches, servingBatches: [1], notes };
  return { minAvailable, batches, servingBatches: capped(spare), notes };

  function capped(most: number): readonly number[] {
    return batches.map((size) => Math.min(size, most));
  }
}

/** Why requests would be lost, or undefined when none are. */
function downtime(
  request: Pick<RollingRequest, 'minAvailable'>,
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
