import { messageOf } from '@slipway/kernel/errors';
import type { K8sTask } from '../support/k8s-deployments.ts';
import type { Load } from '../support/load.ts';
import { whyNotLive } from './facts.ts';
import { type Boundary, killAt } from './kill.ts';
import { CONTROL, control, loadOf, type Place, releaseOf } from './place.ts';

export type KillKind = 'deploy' | 'bad deploy' | 'rollback';

export interface Case {
  readonly name: string;
  /** What is not as it should be. */
  readonly problems: readonly string[];
}

/** Quick to be taken over, and with sets that are pruned in each run. */
const INPUTS = { lease: '3s', keep: '2' };

/**
 * For each kind, a run is killed at each of these writes, until it has not so many; after each kill the same run once
 * more, plain. Load through the Service goes on all the time.
 */
export async function killAll(
  place: Place,
  kinds: readonly KillKind[],
  boundaries: Iterable<Boundary>,
  say: (line: string) => void,
): Promise<readonly Case[]> {
  let released = 0;
  let live = await next();
  let before = live;
  live = await next();
  const load = await loadOf(place);
  const cases: Case[] = [];
  const open = new Set(kinds);
  for (const boundary of boundaries) {
    for (const kind of open) {
      const name = `${kind} killed ${boundary.moment} write ${boundary.n}`;
      const { lived, problems } = await attempt(kind, boundary, name, load);
      if (lived) open.delete(kind);
      else cases.push({ name, problems });
    }
    if (open.size === 0) break;
  }
  return [...cases, ...(await served(place, load))];

  async function next(): Promise<string> {
    released += 1;
    const version = `r${released}`;
    const { outcome, log } = await place.runs.deploy(releaseOf(place, version), { ...INPUTS, version });
    if (outcome !== 'success') throw new Error(log);
    return version;
  }

  async function attempt(kind: KillKind, boundary: Boundary, name: string, phases: Load) {
    if (kind === 'rollback' && before === live) live = await next();
    await phases.phase(name);
    const began = performance.now();
    const { task, goal } = planOf(kind);
    try {
      const killed = await killAt(place, task, boundary);
      const lived = killed.kind === 'lived';
      const problems = lived ? outcomeProblems(killed.result.outputs.outcome, kind) : await converge(kind, task, goal);
      if (kind === 'rollback') before = goal;
      if (kind === 'deploy') before = live;
      live = goal;
      const ms = Math.round(performance.now() - began);
      const told = lived ? 'lived' : `(${killed.write}): ${problems.length === 0 ? 'converged' : problems.join('; ')}`;
      say(`${name} ${told}, ${ms} ms`);
      return { lived: lived && problems.length === 0, problems };
    } catch (thrown) {
      say(`${name}: ${messageOf(thrown)}`);
      return { lived: false, problems: [messageOf(thrown)] };
    }
  }

  /** What is run, and the version that serves when it is done. */
  function planOf(kind: KillKind): { readonly task: K8sTask; readonly goal: string } {
    if (kind === 'rollback') return { task: { inputs: { ...INPUTS, to: before } }, goal: before };
    released += 1;
    const version = `r${released}`;
    const bad = kind === 'bad deploy';
    const inputs = { ...INPUTS, version };
    return { task: { objects: releaseOf(place, version, bad), inputs }, goal: bad ? live : version };
  }

  /** One plain run, and another one that finds nothing to do. */
  async function converge(kind: KillKind, task: K8sTask, goal: string): Promise<readonly string[]> {
    const first = await plain(task);
    const problems = outcomeProblems(first.outputs.outcome, kind).map((what) => `${what}:\n${first.log}`);
    if (kind !== 'bad deploy') problems.push(...(await whyNotLive(place, goal, kind)));
    const again =
      kind === 'bad deploy' ? { objects: releaseOf(place, goal), inputs: { ...INPUTS, version: goal } } : task;
    const second = await plain(again);
    if (second.outputs.outcome !== 'unchanged') problems.push(`once more: ${second.outputs.outcome}\n${second.log}`);
    return problems;
  }

  async function plain({ objects, inputs }: K8sTask) {
    return objects === undefined ? await place.runs.rollBack(inputs) : await place.runs.deploy(objects, inputs);
  }
}

/** A run that is killed after its last word has done it all. */
const OUTCOMES: Readonly<Record<KillKind, readonly string[]>> = {
  deploy: ['deployed', 'unchanged'],
  'bad deploy': ['rolled-back'],
  rollback: ['rolled-back', 'unchanged'],
};

function outcomeProblems(outcome: string | undefined, kind: KillKind): string[] {
  return OUTCOMES[kind].includes(outcome ?? '') ? [] : [`it ended ${outcome}`];
}

/** What the load met, case by case; it must have seen that nobody serves, once that is so. */
async function served(place: Place, load: Load): Promise<readonly Case[]> {
  await control(place, load);
  const { phases } = await load.stop();
  return phases.flatMap(({ name, requests, failed, errors }) => {
    if (name === CONTROL) return failed > 0 ? [] : [{ name, problems: ['the load did not notice'] }];
    const problem = `${failed} of ${requests} requests failed: ${JSON.stringify(errors)}`;
    return failed > 0 ? [{ name: `load during ${name}`, problems: [problem] }] : [];
  });
}
