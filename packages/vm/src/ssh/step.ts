import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { aborted, type Clock, reasonOf } from '@slipway/effects/clock';
import type { Child, Exec, Finished } from '@slipway/effects/exec';
import { userError } from '@slipway/kernel/errors';
import { script } from '../steps/scripts.ts';
import { parseStep, type StepWords } from './answers.ts';
import { bootstrap, type Connection, stepArgv } from './argv.ts';
import { lastLines, printable } from './failure.ts';
import { type Fence, stepText } from './script-text.ts';
import type { RemoteStep } from './session.ts';

/** A daemon that keeps the pipe of a step open holds it no longer than this. */
const LINGER_MS = 2_000;
const HALT_MS = 5_000;
const MAX_CHARACTERS = 32 * 1024 * 1024;
const NOISE_CHARACTERS = 8_000;
export const FENCED_STATUS = 75;

export interface StepPorts {
  readonly exec: Exec;
  readonly clock: Clock;
  readonly connection: Connection;
  readonly lost: AbortSignal;
}

export interface StepResult extends Finished {
  /** Why the fence refused; the step had no effect. */
  readonly fenced: string | undefined;
}

/** Runs one step over the connection. */
export async function runStep(step: RemoteStep, ports: StepPorts, fence: Fence | undefined): Promise<StepResult> {
  const { exec, clock, lost, connection } = ports;
  const began = clock.monotonic();
  const nonce = randomBytes(12).toString('hex');
  const text = stepText(step, nonce, fence);
  const child = exec.start({ argv: stepArgv(connection, bootstrap(text)) });
  const heard = hear(child, nonce);
  const over = new AbortController();
  const why = await Promise.race([
    child.finished.then(() => 'finished' as const),
    heard.ended.then(() => clock.sleep(LINGER_MS, over.signal)).then(() => 'finished' as const),
    heard.flooded.then(() => new Error(`The step "${step.label}" wrote more than ${MAX_CHARACTERS} characters.`)),
    clock.sleep(step.timeoutMs, over.signal).then(() => 'timeout' as const),
    feed(child, text, step.input),
    aborted(lost, over.signal),
    ...(step.signal === undefined ? [] : [aborted(step.signal, over.signal)]),
  ]);
  over.abort();
  if (step.input instanceof Readable) step.input.destroy();
  if (why !== 'finished' && !lost.aborted) await halt(heard.words(), ports);
  child.kill('SIGKILL');
  await child.finished;
  const { status, fenced, stdout } = heard.words();
  const finished = { signal: null, stdout, stderr: heard.stderr(), ms: clock.monotonic() - began, fenced };
  if (fenced !== undefined) return { ...finished, code: FENCED_STATUS, timedOut: false };
  if (status !== undefined) return { ...finished, code: status, timedOut: false };
  if (why === 'timeout') return { ...finished, code: null, timedOut: true };
  if (why instanceof Error && !lost.aborted) throw why;
  throw await brokenOff(step, ports, heard);
}

interface HeardStep {
  /** Resolves once the step has said its status. */
  readonly ended: Promise<void>;
  readonly flooded: Promise<void>;
  words(): StepWords;
  /** All that came on stdout, as it came. */
  noise(): string;
  stderr(): string;
}

function hear(child: Child, nonce: string): HeardStep {
  let stdout = '';
  let stderr = '';
  const ended = Promise.withResolvers<void>();
  const flooded = Promise.withResolvers<void>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    // Only the end is searched, and enough of it for a line that came in two parts.
    const fresh = stdout.slice(-200) + chunk;
    stdout += chunk;
    if (fresh.includes(`\n${nonce} end `)) ended.resolve();
    if (stdout.length > MAX_CHARACTERS) flooded.resolve();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-MAX_CHARACTERS);
  });
  return {
    ended: ended.promise,
    flooded: flooded.promise,
    words: () => parseStep(stdout, nonce),
    noise: () => stdout.slice(-NOISE_CHARACTERS),
    stderr: () => stderr,
  };
}

/** Never resolves, except with the error of an input that cannot be read to its end. */
function feed(child: Child, text: string, input: RemoteStep['input']): Promise<Error> {
  return new Promise((resolve) => {
    if (typeof input === 'function') {
      child.stdin.write(text);
      input(child.stdin).then(() => child.stdin.end(), resolve);
      return;
    }
    if (!(input instanceof Readable)) {
      child.stdin.write(text);
      child.stdin.end(input);
      return;
    }
    input.once('error', resolve);
    child.stdin.write(text);
    input.pipe(child.stdin);
  });
}

/** The end of the channel does not end the step, so it is ended by its process group, in an exec beside it. */
async function halt({ process, status }: StepWords, ports: StepPorts): Promise<void> {
  if (process === undefined || status !== undefined) return;
  const text = stepText(
    { label: 'halt', script: script('halt'), vars: { ...process } },
    randomBytes(12).toString('hex'),
  );
  const argv = stepArgv(ports.connection, bootstrap(text));
  await ports.exec.run({ argv, input: text, timeoutMs: HALT_MS });
}

async function brokenOff(step: RemoteStep, { clock, lost, connection }: StepPorts, heard: HeardStep): Promise<Error> {
  const over = new AbortController();
  // The end of a step is often noticed before the end of the connection that caused it.
  await Promise.race([aborted(lost, over.signal), clock.sleep(1_000, over.signal)]);
  over.abort();
  const { process, stdout } = heard.words();
  const words = process === undefined ? heard.noise() : stdout;
  const what = `The step "${step.label}" on ${connection.host.name} ${process === undefined ? 'did not begin' : 'broke off'}`;
  const why = lost.aborted ? [reasonOf(lost).message] : [];
  const stderr = lastLines(heard.stderr(), 10);
  const hint = stderr.some((line) => line.includes('Session open refused'))
    ? ['Its sshd allows too few sessions on one connection: MaxSessions must be 10, as it is by default, or more.']
    : [];
  // A key may be among what was said before.
  const said = lastLines(words, 5).filter((line) => !line.startsWith('key '));
  const told = [...why, ...said.map(printable), ...stderr.map(printable), ...hint];
  return userError([`${what}.`, ...told].join('\n  '), undefined, lost.aborted ? lost.reason : undefined);
}
