import { userError } from '@slipway/kernel/errors';
import type { RemoteStep, Session } from './ssh/session.ts';
import { FENCED_STATUS } from './ssh/step.ts';
import { type ScriptName, script } from './steps/scripts.ts';

const LAST_LINES = 50;

/** What a step said: lines of a key and a value, in order. */
export type Said = readonly (readonly [key: string, value: string])[];

/** One host could not do its part; `message` is one sentence, `lastLines` explains it. */
export class HostError extends Error {
  override readonly name = 'HostError';
  readonly lastLines: readonly string[];

  constructor(what: string, lastLines: readonly string[] = [], options?: ErrorOptions) {
    super(what, options);
    this.lastLines = lastLines;
  }
}

/** One host of the fleet, or a balancer's, as this run works on it. */
export interface Site {
  readonly session: Session;
  /** The folder of the app and environment on it. */
  readonly base: string;
}

export interface StepCall extends Pick<RemoteStep, 'vars' | 'input' | 'timeoutMs' | 'signal' | 'fence'> {
  /** The functions that the step calls, in sh. */
  readonly functions?: string;
}

/** Runs one of our scripts on a host, behind process.sh; rejects with a HostError when the host says why not. */
export async function runStep(site: Site, name: ScriptName, call: StepCall): Promise<Said> {
  const { session, base } = site;
  const { functions = '', vars, ...rest } = call;
  const text = [script('common'), functions, script(name)].join('\n');
  const finished = await session.run({ label: name, script: text, vars: { base, ...vars }, ...rest });
  const said = parseSaid(finished.stdout);
  if (finished.code === 0) return said;
  const host = session.host.name;
  if (finished.timedOut) throw new HostError(`The step "${name}" did not end within ${call.timeoutMs} ms on ${host}.`);
  if (finished.code === FENCED_STATUS)
    throw new HostError(`The lease of ${host} is lost: another run has taken it over.`);
  throw new HostError(
    firstOf(said, 'error') ??
      `The step "${name}" ended on ${host} with ${finished.signal ?? `status ${finished.code}`}.`,
    [...allOf(said, 'log'), ...finished.stderr.split('\n').filter((line) => line !== '')].slice(-LAST_LINES),
  );
}

/** A step that only tells ends with the line `end`: less than that is not the whole truth. */
export function requireWhole(said: Said, site: Site): Said {
  if (said.at(-1)?.[0] === 'end') return said;
  throw userError(`${site.session.host.name} did not tell all about itself: its answer was cut.`, 'run it again');
}

export function firstOf(said: Said, key: string): string | undefined {
  return said.find(([name]) => name === key)?.[1];
}

export function allOf(said: Said, key: string): readonly string[] {
  return said.filter(([name]) => name === key).map(([, value]) => value);
}

function parseSaid(stdout: string): Said {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const blank = line.indexOf(' ');
      return blank < 0 ? [line, ''] : [line.slice(0, blank), line.slice(blank + 1)];
    });
}
