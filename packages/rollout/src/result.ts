import type { Digest } from '@slipway/kernel/digest';
import type { ReleaseId } from '@slipway/kernel/release';
import type { Plan, StepKind } from '@slipway/strategy/plan';
import { inService, liveSlot, type Member, type Topology } from '@slipway/strategy/topology';
import type { MemberFailure } from './target.ts';

export type Kind = 'deploy' | 'rollback' | 'restore';
export type Outcome = 'deployed' | 'unchanged' | 'planned' | 'superseded' | 'rolled-back' | 'failed';

/** One step as it went. */
export interface StepReport {
  /** Counts from 1 over the whole run. */
  readonly number: number;
  readonly phase: 'forward' | 'back';
  readonly kind: StepKind;
  readonly title: string;
  readonly ms: number;
  readonly failures: readonly MemberFailure[];
}

export interface MemberReport {
  readonly id: string;
  readonly name: string;
  /** The version in the live slot, before and after. */
  readonly before: string | null;
  readonly after: string | null;
  readonly state: 'in service' | 'drained' | 'drained by an operator' | 'down';
  readonly failure: string | null;
}

/** The whole story of one run: what outputs, summary and report are made of. */
export interface Result {
  readonly kind: Kind;
  readonly app: string;
  readonly environment: string;
  readonly outcome: Outcome;
  /** What it was about; null when the run ended before a rollback chose one. */
  readonly release: ReleaseId | null;
  /** What is live now, and what was before, as the ledger has it. */
  readonly version: string | null;
  readonly digest: Digest | null;
  readonly previousVersion: string | null;
  readonly plan: Plan | null;
  readonly steps: readonly StepReport[];
  readonly members: readonly MemberReport[];
  readonly failures: readonly MemberFailure[];
  /** What was adjusted, respected, or went wrong beside the steps, in sentences. */
  readonly notes: readonly string[];
  /** The run was cancelled or lost its hold on the target: the next run goes on from here. */
  readonly interrupted: boolean;
  /** From the first effect to the last. */
  readonly ms: number;
}

/** What a run that reached its end is called. */
export function successOf(kind: Kind): 'deployed' | 'rolled-back' {
  return kind === 'deploy' ? 'deployed' : 'rolled-back';
}

/** Whether the job stays green: a deployment that had to go back is red, a rollback that went back is not. */
export function isGreen({ kind, outcome }: Pick<Result, 'kind' | 'outcome'>): boolean {
  return ['unchanged', 'planned', 'superseded', successOf(kind)].includes(outcome);
}

export function memberReports(
  before: Topology,
  after: Topology,
  failures: readonly MemberFailure[],
): readonly MemberReport[] {
  const past = new Map(before.members.map((member) => [member.id, member]));
  return after.members.map((member) => ({
    id: member.id,
    name: member.name,
    before: installed(past.get(member.id)),
    after: installed(member),
    state: stateOf(member),
    failure: failures.find((failure) => failure.member === member.id)?.what ?? null,
  }));
}

function installed(member: Member | undefined): string | null {
  return member?.slots[liveSlot(member) ?? 'blue']?.release?.version ?? null;
}

function stateOf(member: Member): MemberReport['state'] {
  if (inService(member)) return 'in service';
  if (member.drainedByOperator) return 'drained by an operator';
  return Object.values(member.slots).some((slot) => slot.healthy) ? 'drained' : 'down';
}
