import { isArrayOf, isObject, isString, parseJson } from '@slipway/kernel/json';
import type { StepResult } from '../support/runner/step.ts';

interface Part {
  readonly kind: string;
  readonly ms: number;
}

/** Where the time of an action went, from its own report: one line for each kind of step, and one for the rest. */
export function components(step: StepResult): string {
  const report = parseJson(step.outputs.report ?? '');
  const steps = isObject(report) && isArrayOf(report.steps, isPart) ? report.steps : [];
  const kinds = [...new Set(steps.map(({ kind }) => kind))];
  const sums = kinds.map((kind) => {
    const own = steps.filter((part) => part.kind === kind);
    return { name: `${kind} (${own.length})`, ms: own.reduce((sum, { ms }) => sum + ms, 0) };
  });
  const rest = step.ms - sums.reduce((sum, { ms }) => sum + ms, 0);
  const rows = [
    ...sums,
    { name: 'start, connect, lease, read, record', ms: rest },
    { name: 'whole action', ms: step.ms },
  ];
  return rows.map(({ name, ms }) => `  ${name.padEnd(36)}${ms.toFixed(0).padStart(6)} ms`).join('\n');
}

function isPart(value: unknown): value is Part {
  return isObject(value) && isString(value.kind) && typeof value.ms === 'number';
}
