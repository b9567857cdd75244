import { count, renderTable } from '../demo/table.ts';
import type { LoadResult, PhaseCount } from '../support/load.ts';
import type { Phase } from './scenario.ts';

/** A phase as it went; `ms` is the action's own time. */
export interface Played {
  readonly phase: Phase;
  readonly ms: number;
  readonly problems: readonly string[];
}

/** All phases of one name together. */
export interface Line {
  readonly name: string;
  readonly times: number;
  /** Of one time, on average. */
  readonly seconds: number;
  readonly requests: number;
  readonly failed: number;
  /** Those of them that got no answer, or a wrong one: one that came late has failed, but is not lost. */
  readonly lost: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly loses: boolean;
}

export interface TrafficResult {
  /** While releases came and went that keep the whole contract. */
  readonly requests: number;
  readonly failed: number;
  readonly lost: number;
  readonly deploys: number;
  readonly rollbacks: number;
  readonly lines: readonly Line[];
  /** How far the generators fell behind their schedule at worst, in milliseconds. */
  readonly lagMs: number;
  /** What went otherwise than it must, in sentences; empty = the proof holds. */
  readonly problems: readonly string[];
}

const KEPT = ['deploy', 'roll back'];

/** `loads` have counted one phase before those that were played, and then each of them. */
export function judge(played: readonly Played[], loads: readonly LoadResult[], wanted: number): TrafficResult {
  const counts = played.map((_, index) => loads.flatMap(({ phases }) => phases[index + 1] ?? []));
  const names = [...new Set(played.map(({ phase }) => phase.name))];
  const lines = names.map((name) => {
    const indexes = played.flatMap(({ phase }, index) => (phase.name === name ? [index] : []));
    return lineOf(
      name,
      indexes.flatMap((index) => played[index] ?? []),
      indexes.flatMap((index) => counts[index] ?? []),
    );
  });
  const kept = lines.filter(({ name }) => KEPT.includes(name));
  const requests = sum(kept.map((line) => line.requests));
  const few = requests < wanted ? [`${count(requests)} requests were sent, not ${count(wanted)}.`] : [];
  return {
    requests,
    failed: sum(kept.map((line) => line.failed)),
    lost: sum(kept.map((line) => line.lost)),
    deploys: timesOf(lines, 'deploy'),
    rollbacks: timesOf(lines, 'roll back'),
    lines,
    lagMs: Math.max(0, ...loads.map(({ lagMs }) => lagMs)),
    problems: [
      ...played.flatMap(({ phase, problems }) => problems.map((problem) => `${phase.name}: ${problem}`)),
      ...played.flatMap(({ phase }, index) => unseen(phase, counts[index] ?? [])),
      ...lines.flatMap(wrongLoss),
      ...few,
    ],
  };
}

function lineOf(name: string, played: readonly Played[], counts: readonly PhaseCount[]): Line {
  const errors: Record<string, number> = {};
  for (const each of counts) {
    for (const [reason, number] of Object.entries(each.errors)) errors[reason] = (errors[reason] ?? 0) + number;
  }
  const failed = sum(counts.map((each) => each.failed));
  return {
    name,
    times: played.length,
    seconds: sum(played.map(({ ms }) => ms)) / played.length / 1_000,
    requests: sum(counts.map(({ requests }) => requests)),
    failed,
    lost: failed - (errors.late ?? 0),
    errors,
    loses: played.some(({ phase }) => phase.loses),
  };
}

/** Who came in by either way must have met the release. */
function unseen({ name, act }: Phase, counts: readonly PhaseCount[]): readonly string[] {
  return counts.every(({ versions }) => (versions[act.version] ?? 0) > 0)
    ? []
    : [`${name}: nobody was served by ${act.version} through one of the two ways in.`];
}

function wrongLoss({ name, failed, lost, requests, errors, loses }: Line): readonly string[] {
  if (loses && lost === 0) return [`${name}: of ${count(requests)} requests none was lost: this load cannot see it.`];
  if (!loses && failed > 0) return [`${name}: ${failed} of ${count(requests)} failed: ${JSON.stringify(errors)}`];
  return [];
}

/** The table, and the figures in one line. */
export function renderTraffic(result: TrafficResult, loadAverage: string): string {
  const head = ['phase', 'times', 'seconds', 'requests', 'failed', 'lost', 'must lose', 'errors'];
  const rows = result.lines.map((line) => [
    line.name,
    String(line.times),
    line.seconds.toFixed(1),
    count(line.requests),
    count(line.failed),
    count(line.lost),
    line.loses ? 'some' : 'none',
    Object.entries(line.errors)
      .map(([reason, number]) => `${reason} ${number}`)
      .join(', '),
  ]);
  return `${renderTable([head, null, ...rows], new Set([1, 2, 3, 4, 5]))}\n\n${figures(result, loadAverage)}`;
}

function figures(result: TrafficResult, loadAverage: string): string {
  const { requests, failed, lost, deploys, rollbacks, lines, lagMs } = result;
  const controls = lines
    .filter(({ loses }) => loses)
    .map((line) => `${line.name} ${line.lost} of ${count(line.requests)}`);
  return [
    `${count(requests)} requests, ${failed} failed (${lost} lost, ${failed - lost} late), ${deploys} deploys, ${rollbacks} rollbacks`,
    `lost with ${controls.join(', ')}`,
    `load average ${loadAverage}, generators at most ${lagMs} ms behind`,
  ].join('; ');
}

function timesOf(lines: readonly Line[], wanted: string): number {
  return sum(lines.filter(({ name }) => name === wanted).map(({ times }) => times));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
