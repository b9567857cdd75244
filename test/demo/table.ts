/** One phase as it went. `failed` counts requests; `version` is what the hosts serve, seen through the balancer. */
export interface PhaseResult {
  readonly name: string;
  readonly seconds: number;
  readonly requests: number;
  readonly failed: number;
  readonly outcome: string;
  readonly version: string;
}

export interface DemoResult {
  readonly requests: number;
  readonly failed: number;
  readonly phases: readonly PhaseResult[];
}

export function totalsOf(phases: readonly PhaseResult[]): DemoResult {
  const sum = (pick: (phase: PhaseResult) => number): number => phases.reduce((total, phase) => total + pick(phase), 0);
  return { requests: sum((phase) => phase.requests), failed: sum((phase) => phase.failed), phases };
}

/** The closing table; the control stands below the totals, since its failures are wanted. */
export function renderResult(result: DemoResult, control: PhaseResult): string {
  const seconds = result.phases.reduce((total, phase) => total + phase.seconds, 0);
  const head = ['phase', 'seconds', 'requests', 'failed', 'live version', 'outcome'];
  const totals = ['all phases', seconds.toFixed(1), count(result.requests), count(result.failed), '', ''];
  const rows = [head, RULE, ...result.phases.map(cells), RULE, totals, RULE, cells(control)];
  return renderTable(rows, new Set([1, 2, 3]));
}

const RULE = null;

function cells(phase: PhaseResult): readonly string[] {
  return [
    phase.name,
    phase.seconds.toFixed(1),
    count(phase.requests),
    count(phase.failed),
    phase.version,
    phase.outcome,
  ];
}

/** Aligned columns; a row that is null becomes a line across. Numbers stand at the right. */
export function renderTable(rows: readonly (readonly string[] | null)[], right: ReadonlySet<number>): string {
  const filled = rows.filter((row) => row !== RULE);
  const widths = (filled[0] ?? []).map((_, column) => Math.max(...filled.map((row) => (row[column] ?? '').length)));
  const pad = (text: string, column: number): string =>
    right.has(column) ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0);
  const across = widths.map((width) => '-'.repeat(width)).join('  ');
  return rows.map((row) => (row === RULE ? across : row.map(pad).join('  ').trimEnd())).join('\n');
}

/** 5000 -> `5,000`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}
