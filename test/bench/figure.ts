import { loadavg } from 'node:os';
import { renderTable } from '../demo/table.ts';

/** One line of the closing table. */
export interface Figure {
  readonly what: string;
  readonly target: string;
  readonly measured: string;
  readonly met: boolean;
}

/** A group of figures that are measured together; `measure` prints its progress with `say`. */
export interface Bench {
  readonly name: string;
  readonly measure: (say: (line: string) => void) => Promise<readonly Figure[]>;
}

export function renderFigures(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, target, measured, met }) => [what, target, measured, met ? 'met' : 'missed']);
  return renderTable([['what', 'target', 'measured', 'verdict'], null, ...rows], new Set());
}

/** Load averages of 1, 5 and 15 minutes: figures from a busy machine say so. */
export function loadAverage(): string {
  return loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}
