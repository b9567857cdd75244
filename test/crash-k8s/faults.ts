import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { messageOf } from '@slipway/kernel/errors';
import { startKubeFront } from '../support/kube-front.ts';
import type { StepResult } from '../support/runner/job.ts';
import type { Fate, FateOf } from '../support/socket-proxy.ts';
import type { Case } from './case.ts';
import { type Facts, factsOf } from './facts.ts';
import { loadOf, type Place, releaseOf, stopLoad } from './place.ts';

const FAULTS: readonly Fate[] = [429, 500, { afterwards: 500 }, 'cut', 'lose'];
const OF_100 = 10;

/** The runs of one history: outcome and live version of each, and what the namespace holds in the end. */
export interface History {
  readonly told: readonly string[];
  readonly facts: Facts;
  readonly problems: readonly string[];
  readonly calls: number;
  readonly faults: number;
}

const EXPECTED = ['deployed r1', 'deployed r2', 'rolled-back r2', 'rolled-back r1'];

/** One call of ten, whichever it is, meets a fault; undefined = none does. */
export async function play(place: Place, seed: number | undefined): Promise<History> {
  let calls = 0;
  let faults = 0;
  const fateOf: FateOf = () => {
    calls += 1;
    const dice = diceOf(seed, calls);
    if (seed === undefined || dice % 100 >= OF_100) return 'pass';
    faults += 1;
    return FAULTS[Math.floor(dice / 100) % FAULTS.length] ?? 'pass';
  };
  await using front = await startKubeFront(place.socketPath, fateOf);
  const { runs } = place;
  const { kubeconfig } = front;
  const first = await runs.deploy(releaseOf(place, 'r1'), { kubeconfig, version: 'r1' });
  if (first.outcome !== 'success') throw new Error(first.log);
  const load = await loadOf(place);
  const results = [
    first,
    await runs.deploy(releaseOf(place, 'r2'), { kubeconfig, version: 'r2' }),
    await runs.deploy(releaseOf(place, 'r3', true), { kubeconfig, version: 'r3' }),
    await runs.rollBack({ kubeconfig }),
  ];
  const facts = await factsOf(place);
  const lost = (await stopLoad(place, load)).flatMap(({ name, problems }) =>
    problems.map((what) => `${name}: ${what}`),
  );
  const problems = [...lost, ...logsOf(results)];
  return { told: results.map(toldOf), facts, problems, calls, faults };
}

/** The same history, with and without faults: what is left is alike, so nothing was done twice. */
export function compare(name: string, { told, facts, problems }: History, flawless: History): Case {
  const found = [...problems];
  for (const [got, wanted] of [
    [told, EXPECTED],
    [facts, flawless.facts],
  ] as const) {
    try {
      assert.deepEqual(got, wanted);
    } catch (thrown) {
      found.push(messageOf(thrown));
    }
  }
  return { name, problems: found };
}

function toldOf({ outputs }: StepResult): string {
  return `${outputs.outcome} ${outputs.version}`;
}

/** Of runs that went another way than they should. */
function logsOf(results: readonly StepResult[]): readonly string[] {
  return results.flatMap((result, index) => (toldOf(result) === EXPECTED[index] ? [] : [result.log]));
}

/** Calls cross each other, so a seed says how much goes wrong and how, not which call it meets. */
function diceOf(seed: number | undefined, call: number): number {
  return createHash('sha256').update(`${seed}/${call}`).digest().readUInt32BE();
}
