import { type Descendant, watchDescendants } from '../support/descendants.ts';
import { isAlive } from '../support/processes.ts';
import { until } from '../support/until.ts';
import type { Case } from './case.ts';
import { INPUTS, type Place, releaseOf } from './place.ts';

/** Longer than a child may live that is run for its output; a deployment takes several times that. */
const LONG_MS = 1_000;

/**
 * The long-lived children of one deployment, and of one that is killed. Counted are the processes that the action
 * itself started: its only one is the watchdog's shell, which ends with our end of its pipe. Below it, as its own, are
 * `kubectl proxy` and what waits for that end: a subshell with `cat`.
 */
export async function countChildren(place: Place, say: (line: string) => void): Promise<readonly Case[]> {
  const whole = await watched(place, 'c1', undefined);
  const killed = await watched(place, 'c2', /1 of 2 updated|2 of 2 updated/);
  return [judge('the children of a deployment', whole), judge('the children of a killed deployment', killed)];

  function judge(name: string, { pid, all, alive }: Watched): Case {
    const own = all.filter(({ parent }) => parent === pid);
    const long = own.filter(({ ms }) => ms > LONG_MS);
    const proxies = all.filter(({ command }) => /^\S*kubectl .*proxy --unix-socket=/.test(command));
    const below = all.filter(({ ms, parent }) => ms > LONG_MS && parent !== pid).length;
    say(`${name}: ${own.length}, long-lived ${long.length}, below it ${below}, alive after its end ${alive.length}`);
    const problems = [
      ...(own.length === 1 && long.length === 1 ? [] : [`not one: ${JSON.stringify(own)}`]),
      ...(proxies.length === 1 ? [] : [`not one kubectl proxy: ${JSON.stringify(all)}`]),
      ...alive.map(({ command }) => `lives on: ${command}`),
    ];
    return { name, problems };
  }
}

interface Watched {
  readonly pid: number;
  readonly all: readonly Descendant[];
  readonly alive: readonly Descendant[];
}

async function watched(place: Place, version: string, killAt: RegExp | undefined): Promise<Watched> {
  const inputs = { ...INPUTS, version };
  await using begun = place.runs.begin({ objects: releaseOf(place, version), inputs });
  const { running } = begun;
  const { pid } = running;
  const watch = watchDescendants(pid);
  if (killAt !== undefined) {
    await running.seen(killAt);
    await running.kill();
  }
  const result = await running.step;
  const all = watch.stop();
  if (killAt === undefined && result.outcome !== 'success') throw new Error(result.log);
  const left = (): readonly Descendant[] => all.filter((each) => isAlive(each.pid));
  await until('its children are gone', () => left().length === 0, 3_000).catch(() => {});
  return { pid, all, alive: left() };
}
