import { createHash } from 'node:crypto';
import { forAll } from '@slipway/kernel/parallel';
import type { Cluster } from '../lab/k8s/cluster.ts';
import type { Case } from './case.ts';
import { countChildren } from './children.ts';
import type { KillKind } from './converge.ts';
import { compare, type History, play } from './faults.ts';
import type { Boundary } from './kill.ts';
import { killAll } from './kills.ts';
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

const KINDS: readonly (readonly KillKind[])[] = [['deploy', 'rollback'], ['bad deploy']];
const AT_ONCE = 4;
const MOMENTS: readonly Boundary['moment'][] = ['before', 'after'];
/** No run has so many writes. */
const MOST_WRITES = 40;
/** Every run has so many writes. */
const FEWEST_WRITES = 10;

/** Some namespaces at a time: most of a case is waiting for pods, and for leases that run out. */
export async function runMatrix(cluster: Cluster, options: MatrixOptions): Promise<Matrix> {
  const { say, seeds } = options;
  const kills: Case[] = [];
  const children: Case[] = [];
  const histories = new Map<number | undefined, History>();
  const lanes: readonly Lane[] = [
    ...KINDS.flatMap((kinds, index) =>
      MOMENTS.map((moment) => ({
        name: `kill-${index}-${moment}`,
        run: async (place: Place) =>
          void kills.push(...(await killAll(place, kinds, boundariesOf(moment, options), say))),
      })),
    ),
    ...[undefined, ...seeds].map((seed) => ({
      name: `faults-${seed ?? 'none'}`,
      run: async (place: Place) => {
        const history = await play(place, seed);
        say(`history of seed ${seed}: ${history.told.join(', ')}`);
        histories.set(seed, history);
      },
    })),
    { name: 'children', run: async (place) => void children.push(...(await countChildren(place, say))) },
  ];
  await withBase(cluster, (base) =>
    forAll(lanes, AT_ONCE, ({ name, run }) => withNamespace(base, `crash-${process.pid}-${name}`, run)),
  );
  return { kills, children, ...compareAll(histories, say) };
}

interface Lane {
  readonly name: string;
  readonly run: (place: Place) => Promise<void>;
}

function compareAll(
  histories: ReadonlyMap<number | undefined, History>,
  say: (line: string) => void,
): Pick<Matrix, 'faulty' | 'calls' | 'faults'> {
  const flawless = histories.get(undefined);
  if (flawless === undefined) throw new Error('there is nothing to compare with');
  const faulty = [...histories].map(([seed, history]) => {
    const name = seed === undefined ? 'no faults' : `faults of seed ${seed}`;
    const found = compare(name, history, flawless);
    say(`${name}: ${history.faults} of ${history.calls} calls; ${found.problems.join('; ') || 'all as without'}`);
    return found;
  });
  const broken = [...histories.values()].filter(({ faults }) => faults > 0);
  return {
    faulty,
    calls: broken.reduce((sum, { calls }) => sum + calls, 0),
    faults: broken.reduce((sum, { faults }) => sum + faults, 0),
  };
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
