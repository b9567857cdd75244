import { createHash } from 'node:crypto';
import type { Cluster } from '../lab/k8s/cluster.ts';
import { countChildren } from './children.ts';
import { compare, type History, play } from './faults.ts';
import type { Boundary } from './kill.ts';
import { type Case, type KillKind, killAll } from './kills.ts';
import { type Place, withBase, withNamespace } from './place.ts';

export interface MatrixOptions {
  /** How many writes of each kind and moment are tried, at places that the seed says; default: all of them. */
  readonly sample?: number;
  /** Of the faults: one history of four runs each. */
  readonly seeds: readonly number[];
  readonly say: (line: string) => void;
}

export interface Matrix {
  readonly kills: readonly Case[];
  readonly faulty: readonly Case[];
  readonly children: readonly Case[];
  readonly calls: number;
  readonly faults: number;
}

const LANES: readonly (readonly KillKind[])[] = [['deploy', 'rollback'], ['bad deploy']];
const MOMENTS: readonly Boundary['moment'][] = ['before', 'after'];
/** No run has so many writes. */
const MOST_WRITES = 80;
/** Every run has more writes than this. */
const FEWEST_WRITES = 12;

/** Two namespaces at a time: most of a case is waiting for pods, and for leases that run out. */
export async function runMatrix(cluster: Cluster, options: MatrixOptions): Promise<Matrix> {
  const { say } = options;
  const kills: Case[] = [];
  const children: Case[] = [];
  const faulty: Case[] = [];
  const histories: History[] = [];
  await withBase(cluster, async (base) => {
    const place = <T>(name: string, use: (there: Place) => Promise<T>): Promise<T> =>
      withNamespace(base, `crash-${process.pid}-${name}`, use);
    for (const [index, kinds] of LANES.entries()) {
      const both = await Promise.all(
        MOMENTS.map((moment) =>
          place(`kill-${index}-${moment}`, (there) => killAll(there, kinds, boundariesOf(moment, options), say)),
        ),
      );
      kills.push(...both.flat());
    }
    children.push(...(await place('children', (there) => countChildren(there, say))));
    const flawless = await place('flawless', (there) => play(there, undefined));
    faulty.push(compare('no faults', flawless, flawless));
    for (const seed of options.seeds) {
      const history = await place(`faults-${seed}`, (there) => play(there, seed));
      histories.push(history);
      const found = compare(`faults of seed ${seed}`, history, flawless);
      say(
        `${found.name}: ${history.faults} of ${history.calls} calls; ${found.problems.join('; ') || 'all as without'}`,
      );
      faulty.push(found);
    }
  });
  const sum = (of: (history: History) => number): number => histories.reduce((total, each) => total + of(each), 0);
  return { kills, children, faulty, calls: sum(({ calls }) => calls), faults: sum(({ faults }) => faults) };
}

function* boundariesOf(moment: Boundary['moment'], { sample, seeds }: MatrixOptions): Generator<Boundary> {
  if (sample === undefined) {
    for (let n = 1; n <= MOST_WRITES; n += 1) yield { moment, n };
    return;
  }
  for (let index = 0; index < sample; index += 1) {
    const dice = createHash('sha256').update(`${moment}/${seeds[0]}/${index}`).digest().readUInt32BE();
    yield { moment, n: 1 + (dice % FEWEST_WRITES) };
  }
}

/** What is not as it should be, one text each. */
export function problemsOf({ kills, faulty, children }: Matrix): readonly string[] {
  return [...kills, ...faulty, ...children].flatMap(({ name, problems }) => problems.map((what) => `${name}: ${what}`));
}
