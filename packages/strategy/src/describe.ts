import { shortDigest } from '@slipway/kernel/digest';
import { formatDuration } from '@slipway/kernel/duration';
import type { ReleaseId } from '@slipway/kernel/release';
import type { Plan, Shares, Step } from './plan.ts';
import type { Topology } from './topology.ts';

/** The plan as lines for a log: `1 stage v2 (0123456789ab) on web-1, web-2`, then what was adjusted or respected. */
export function describePlan(plan: Plan, topology: Topology): readonly string[] {
  const width = String(plan.steps.length).length;
  const lines = plan.steps.map((step, i) => `${String(i + 1).padStart(width)} ${describeStep(step, topology)}`);
  const nothing = `nothing to do: all members are as ${describeRelease(plan.release)} asks`;
  return [...(lines.length === 0 ? [nothing] : lines), ...plan.notes.map((note) => `note: ${note}`)];
}

export function describeStep(step: Step, topology: Topology): string {
  const names = new Map(topology.members.map((member) => [member.id, member.name]));
  // The others stand by, in case that the first one fails before.
  const members = step.kind === 'migrate' ? step.members.slice(0, 1) : step.members;
  return `${action(step)} on ${members.map((id) => names.get(id) ?? id).join(', ')}`;
}

export function describeRelease({ version, digest, config }: ReleaseId): string {
  return `${version} (${shortDigest(digest)}${config === undefined ? '' : `, environment ${config.slice(0, 8)}`})`;
}

function action(step: Step): string {
  switch (step.kind) {
    case 'stage':
      return `stage ${describeRelease(step.release)}`;
    case 'migrate':
      return `migrate to ${describeRelease(step.release)}`;
    case 'start':
    case 'probe':
    case 'check':
      return `${step.kind} ${describeRelease(step.release)} in ${step.slot}`;
    case 'shift':
      return `shift ${describeShares(step.shares)}`;
    case 'soak':
      return `soak for ${formatDuration(step.forMs)}`;
    case 'retire':
      return `retire ${step.slot}`;
  }
}

function describeShares(shares: Shares): string {
  return Object.entries(shares)
    .map(([slot, share]) => `${slot} to ${share} %`)
    .join(', ');
}
