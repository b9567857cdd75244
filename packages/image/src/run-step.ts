import type { Exec, Finished } from '@slipway/effects/exec';
import { type UserError, userError } from '@slipway/kernel/errors';
import type { BuildStep, Env } from './builders/builder.ts';
import { type RetryPorts, type Try, withRetries } from './retry.ts';
import { isTransientOutput } from './transient.ts';

export interface StepPorts extends RetryPorts {
  readonly exec: Exec;
}

/** Where the commands run. */
export interface StepSite {
  readonly folder: string;
  /** The whole environment, the login in it. */
  readonly env: Env;
}

const LAST_LINES = 20;
/** In a command that does both, what a failed push says; a failed build may speak of time-outs, too. */
const PUSH_FAILED = /failed to push|error pushing/i;
// oxlint-disable-next-line no-control-regex
const COLOURS = /\u001b\[[\d;]*m/g;

/** Runs one command; a push that fails for a passing reason is tried up to four times. */
export async function runStep(step: BuildStep, site: StepSite, ports: StepPorts): Promise<Finished> {
  const shown = step.argv.join(' ');
  return await ports.log.group(shown, () => withRetries(step.argv[0], attempt, ports));

  async function attempt(): Promise<Try<Finished>> {
    const { finished, lines } = await runOnce(step, site, ports);
    if (finished.code === 0) return { kind: 'done', value: finished };
    const last = (): never => {
      throw failure(step, finished, lines);
    };
    return isWorthRetrying(step, lines.join('\n')) ? { kind: 'transient', because: lines.at(-1) ?? '', last } : last();
  }
}

async function runOnce(
  { argv }: BuildStep,
  { folder, env }: StepSite,
  { exec, log, signal }: StepPorts,
): Promise<{ readonly finished: Finished; readonly lines: readonly string[] }> {
  const lines: string[] = [];
  const onLine = (line: string): void => {
    const plain = line.replace(COLOURS, '').trimEnd();
    log.foreign(plain);
    if (plain !== '') lines.push(plain);
    if (lines.length > LAST_LINES) lines.shift();
  };
  const finished = await exec.run({ argv, cwd: folder, env, onLine, ...(signal === undefined ? {} : { signal }) });
  return { finished, lines };
}

function isWorthRetrying({ does }: BuildStep, said: string): boolean {
  if (does === 'build') return false;
  return (does === 'push' || PUSH_FAILED.test(said)) && isTransientOutput(said);
}

function failure({ does, argv }: BuildStep, { code, signal }: Finished, lines: readonly string[]): UserError {
  const isPush = does === 'push' || (does === 'build and push' && PUSH_FAILED.test(lines.join('\n')));
  const status = code === null ? `by signal ${signal}` : `with status ${code}`;
  const program = argv.slice(0, argv[1] === 'buildx' ? 3 : 2).join(' ');
  const said = lines.length === 0 ? '' : ` Its last lines:\n${lines.map((line) => `  ${line}`).join('\n')}`;
  return userError(`The image could not be ${isPush ? 'pushed' : 'built'}: "${program}" ended ${status}.${said}`);
}
