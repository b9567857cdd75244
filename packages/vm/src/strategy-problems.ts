import { type Gate, parseGates } from '@slipway/health/gates';
import { isProblems, type Problem } from '@slipway/kernel/errors';
import { parseSteps } from './canary-steps.ts';
import { type Hook, parseCommand } from './hooks/hook.ts';
import type { StrategyInputs } from './strategy-inputs.ts';

type Texts = { readonly [K in keyof StrategyInputs]?: StrategyInputs[K] | undefined } & {
  readonly slots?: readonly string[] | undefined;
  readonly balancer?: string | undefined;
};

/** What is wrong with the inputs on the strategy, each by itself and together. */
export function strategyProblems(inputs: Texts): readonly Problem[] {
  const { strategy, steps, gates, checks, slots } = inputs;
  // Unreadable, which is said elsewhere.
  if (strategy === undefined) return [];
  const problems = [...readSteps(steps), ...readGates(gates), ...strangers(strategy, inputs)];
  if (strategy === 'canary' && steps === undefined) {
    problems.push({
      what: 'Input "steps" is missing: a canary needs to know how many users get the release first.',
      fix: 'steps: |\n  5% for 2m\n  25% for 5m\n  100%',
    });
  }
  if (gates !== undefined) problems.push(...unwatchedGates(inputs, strategy));
  if (checks !== undefined) {
    problems.push(...checks.flatMap((line) => asProblems(parseCommand('checks', line))));
    if (slots === undefined || strategy === 'rolling') problems.push(uncheckable(strategy));
  }
  return problems;
}

/** The programs of `checks` in which `strategyProblems` found nothing. */
export function checksOf(lines: readonly string[] | undefined): readonly Hook['argv'][] {
  return (lines ?? []).flatMap((line) => {
    const read = parseCommand('checks', line);
    return isProblems(read) ? [] : [read.argv];
  });
}

/** The gates in which `strategyProblems` found nothing. */
export function gatesOf(lines: readonly string[] | undefined): readonly Gate[] {
  const read = parseGates(lines ?? []);
  return 'problems' in read ? [] : read;
}

function readSteps(steps: readonly string[] | undefined): Problem[] {
  return steps === undefined ? [] : [...asProblems(parseSteps(steps))];
}

function readGates(gates: readonly string[] | undefined): readonly Problem[] {
  const read = parseGates(gates ?? []);
  return 'problems' in read ? read.problems : [];
}

/** Inputs of another strategy would be passed over without a word. */
function strangers(strategy: StrategyInputs['strategy'], { pause, steps, soak }: Texts): readonly Problem[] {
  const owned = { pause: ['rolling', pause], steps: ['canary', steps], soak: ['blue-green', soak] } as const;
  return Object.entries(owned).flatMap(([name, [owner, value]]) => {
    if (value === undefined || owner === strategy) return [];
    const what = `${name}: this belongs to "strategy: ${owner}".`;
    return [{ what, got: `strategy: ${strategy}`, allowed: `${name} with ${owner}`, fix: `strategy: ${owner}` }];
  });
}

const TIME: Readonly<Record<StrategyInputs['strategy'], string>> = {
  rolling: 'pause: 30s',
  'blue-green': 'soak: 5m',
  canary: 'steps: 5% for 2m, 100%',
};

/** A gate that nobody has the time to look at would be a promise that is not kept. */
function unwatchedGates(
  { gates = [], pause = 0, soak = 0, steps = [], balancer }: Texts,
  strategy: StrategyInputs['strategy'],
) {
  const problems: Problem[] = [];
  const read = parseSteps(steps);
  const climbs = isProblems(read) ? [] : read.steps;
  const times = { rolling: [pause], 'blue-green': [soak], canary: climbs.map(({ soakMs }) => soakMs) };
  const unread = strategy === 'canary' && climbs.length === 0;
  if (!unread && times[strategy].every((ms) => ms === 0)) {
    problems.push({
      what: 'gates: there is no time in which they would be looked at.',
      got: `strategy: ${strategy}`,
      allowed: 'gates with a time to watch',
      fix: TIME[strategy],
    });
  }
  const counted = gatesOf(gates).filter(({ kind }) => kind === 'errors' || kind === 'time');
  const [first] = counted;
  if (first !== undefined && balancer === undefined) {
    problems.push({
      what: 'gates: what is counted is counted by a balancer, and there is none.',
      got: first.text,
      allowed: 'a `balancer`, or gates of prometheus and command',
    });
  }
  return problems;
}

function uncheckable(strategy: string): Problem {
  return {
    what: 'checks: only a release that runs beside the one that serves can be looked at before users get it.',
    got: `strategy: ${strategy}`,
    allowed: '`slots` with strategy blue-green or canary',
    fix: 'slots: blue=8080, green=8081',
  };
}

function asProblems(result: object): readonly Problem[] {
  return isProblems(result) ? result : [];
}
