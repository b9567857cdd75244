import { messageOf } from '@slipway/kernel/errors';
import type { Case } from './case.ts';
import { type Aim, converge, type KillKind, whyNotEnded } from './converge.ts';
import { type Boundary, killAt } from './kill.ts';
import { INPUTS, loadOf, type Place, releaseOf, stopLoad } from './place.ts';

/** Which versions there are; each release is a new one. */
interface Line {
  released: number;
  live: string;
  /** Healthy before it, and the aim of a rollback; the same as `live` when there is none. */
  before: string;
}

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
  const line: Line = { released: 0, live: '', before: '' };
  await begin(place, line);
  const load = await loadOf(place);
  const cases: Case[] = [];
  const open = new Set(kinds);
  for (const boundary of boundaries) {
    for (const kind of open) {
      if (kind === 'rollback' && line.before === line.live) await release(place, line);
      const name = `${kind} killed ${boundary.moment} write ${boundary.n}`;
      await load.phase(name);
      const { told, problems, isOver } = await attempt(place, aimOf(place, line, kind), boundary);
      say(`${name} ${told}: ${problems.length === 0 ? 'converged' : problems.join('; ')}`);
      if (isOver) open.delete(kind);
      else cases.push({ name, problems });
      if (problems.length === 0) follow(line, kind);
      else await begin(place, line);
      // What it did not come to prune stays until the next whole deployment: without one, no run would be the last.
      if (told.startsWith('(DELETE ')) await release(place, line);
    }
    if (open.size === 0) break;
  }
  return [...cases, ...(await stopLoad(place, load))];
}

/** Also after what went wrong, so that it is not counted twice. */
async function begin(place: Place, line: Line): Promise<void> {
  await release(place, line);
  await release(place, line);
}

async function release(place: Place, line: Line): Promise<void> {
  const { task } = aimOf(place, line, 'deploy');
  const { outcome, log } = await place.runs.deploy(task.objects ?? [], task.inputs);
  if (outcome !== 'success') throw new Error(log);
  follow(line, 'deploy');
}

function aimOf(place: Place, line: Line, kind: KillKind): Aim {
  const { live, before } = line;
  if (kind === 'rollback') return { kind, task: { inputs: { ...INPUTS, to: before } }, goal: before };
  line.released += 1;
  const version = `r${line.released}`;
  const bad = kind === 'bad deploy';
  const task = { objects: releaseOf(place, version, bad), inputs: { ...INPUTS, version } };
  return { kind, task, goal: bad ? live : version };
}

function follow(line: Line, kind: KillKind): void {
  if (kind === 'deploy') line.before = line.live;
  if (kind === 'deploy') line.live = `r${line.released}`;
  if (kind === 'rollback') line.live = line.before;
}

interface Attempt {
  readonly told: string;
  readonly problems: readonly string[];
  /** The run has not so many writes, and came to its good end. */
  readonly isOver: boolean;
}

async function attempt(place: Place, aim: Aim, boundary: Boundary): Promise<Attempt> {
  try {
    const end = await killAt(place, aim.task, boundary);
    if (end.kind === 'killed') {
      return { told: `(${end.write})`, problems: await converge(place, aim), isOver: false };
    }
    const problems = whyNotEnded(aim.kind, end.result);
    return { told: 'is one too many', problems, isOver: problems.length === 0 };
  } catch (thrown) {
    return { told: 'failed', problems: [messageOf(thrown)], isOver: false };
  }
}
