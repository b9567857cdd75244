import { parseDuration } from '@slipway/kernel/duration';
import type { Problem } from '@slipway/kernel/errors';
import type { CanaryStep } from '@slipway/strategy/plan';

export interface CanarySteps {
  /** Rising. */
  readonly steps: readonly [CanaryStep, ...CanaryStep[]];
}

const ENTRY = /^(?<percent>\d+(?:\.\d+)?)\s*%(?:\s+for\s+(?<time>\S+))?$/;
const ALLOWED = 'shares above 0 % and at most 100 %, each with or without a time: 5% for 2m';
const EXAMPLE = 'steps: 5% for 2m, 25% for 5m, 100%';

/** Reads the entries of the `steps` input: `5% for 2m`. */
export function parseSteps(entries: readonly string[]): CanarySteps | readonly Problem[] {
  const problems: Problem[] = [];
  const steps: CanaryStep[] = [];
  const refuse = (what: string, got: string): void => {
    problems.push({ what: `steps: ${what}`, got, allowed: ALLOWED, fix: EXAMPLE });
  };
  for (const entry of entries) {
    const step = parseStep(entry);
    const before = steps.at(-1)?.percent ?? 0;
    if (step === undefined) refuse('this is no step.', entry);
    else if (step.percent <= before) refuse(`the shares rise, and ${before} % stands before this.`, entry);
    else steps.push(step);
  }
  const [first, ...more] = steps;
  if (first === undefined && problems.length === 0) refuse('there is none.', entries.join(', '));
  return first === undefined || problems.length > 0 ? problems : { steps: [first, ...more] };
}

function parseStep(entry: string): CanaryStep | undefined {
  const { percent: share, time } = ENTRY.exec(entry.trim())?.groups ?? {};
  const percent = Number(share);
  const soakMs = time === undefined ? 0 : parseDuration(time);
  if (share === undefined || percent <= 0 || percent > 100 || soakMs === undefined) return undefined;
  return { percent, soakMs };
}
