import { aborted, type Clock, reasonOf } from '@slipway/effects/clock';
import type { Argv, Child, Exec } from '@slipway/effects/exec';
import { userError } from '@slipway/kernel/errors';
import type { Log } from '@slipway/kernel/log';
import { type Answer, parseAnswer } from './answers.ts';
import { type FailureKind, failureKind, lastLines, printable } from './failure.ts';

const KEEP_CHARACTERS = 8_000;
/** For log-in and the start of the login shell, after the connection stands. */
const LOGIN_MS = 15_000;
const END_MS = 3_000;

/** The master of one connection and the holder that runs as its remote command. */
export interface Holder {
  readonly hostId: string | undefined;
  readonly lost: AbortSignal;
  /** Rejects once the connection is lost. */
  order(word: 'acquire' | 'release'): Promise<Answer>;
  /** Ends the connection; whoever uses it gets this reason. */
  lose(why: string): void;
  /** Lets the lease go and ends the connection, however it stands. */
  end(): Promise<void>;
}

export interface HolderFailure {
  readonly kind: 'failed';
  readonly failure: FailureKind;
  /** All that ssh said. */
  readonly stderr: string;
  /** The last lines of ssh and of the host. */
  readonly words: readonly string[];
}

export type HolderOpening = { readonly kind: 'open'; readonly holder: Holder } | HolderFailure;

export interface HolderSettings {
  readonly name: string;
  readonly exec: Exec;
  readonly clock: Clock;
  readonly log: Log;
  readonly connectTimeoutMs: number;
  readonly pingMs: number;
  readonly leaseMs: number;
  readonly signal: AbortSignal | undefined;
}

interface Pending {
  readonly word: string;
  readonly sentAt: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: Error) => void;
}

/** Starts the connection and waits until the holder answers from the host. */
export async function openHolder(
  argv: Argv,
  text: string,
  nonce: string,
  settings: HolderSettings,
): Promise<HolderOpening> {
  const { clock, signal } = settings;
  const child = settings.exec.start({ argv });
  const heard = listen(child, nonce);
  child.stdin.write(text);
  const patience = new AbortController();
  const outcome = await Promise.race([
    heard.first,
    child.finished.then(() => 'ended' as const),
    clock.sleep(settings.connectTimeoutMs + LOGIN_MS, patience.signal).then(() => 'silent' as const),
    ...(signal === undefined ? [] : [aborted(signal, patience.signal)]),
  ]);
  patience.abort();
  if (!(outcome instanceof Error) && typeof outcome === 'object' && outcome.kind === 'ready') {
    return { kind: 'open', holder: holderOn(child, heard, outcome.hostId, settings) };
  }
  child.kill('SIGKILL');
  if (outcome instanceof Error) throw outcome;
  const stderr = heard.stderr();
  if (outcome === 'ended') return { kind: 'failed', failure: failureKind(stderr), stderr, words: heard.words() };
  const why =
    typeof outcome === 'object' && outcome.kind === 'fail'
      ? outcome.why
      : 'It logged us in, but no POSIX sh answered; what its login shell printed, if anything, stands above.';
  return { kind: 'failed', failure: 'other', stderr, words: [...heard.words(), why] };
}

interface Heard {
  /** The first answer. */
  readonly first: Promise<Answer>;
  /** Gets every later one. */
  onAnswer: (answer: Answer) => void;
  stderr(): string;
  /** The last lines that are no answers: ssh's own words, and what the host printed. */
  words(): readonly string[];
}

function listen(child: Child, nonce: string): Heard {
  let stderr = '';
  let noise = '';
  let rest = '';
  const first = Promise.withResolvers<Answer>();
  const heard: Heard = {
    first: first.promise,
    onAnswer: first.resolve,
    stderr: () => stderr,
    words: () => [...lastLines(noise, 5), ...lastLines(stderr, 10)].map(printable),
  };
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-KEEP_CHARACTERS);
  });
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = (lines.pop() ?? '').slice(-KEEP_CHARACTERS);
    for (const line of lines) {
      const answer = parseAnswer(line, nonce);
      if (answer === undefined) noise = `${noise}${line}\n`.slice(-KEEP_CHARACTERS);
      else heard.onAnswer(answer);
    }
  });
  return heard;
}

function holderOn(child: Child, heard: Heard, hostId: string | undefined, settings: HolderSettings): Holder {
  const { name, clock, log, pingMs, leaseMs } = settings;
  const lost = new AbortController();
  const ended = new AbortController();
  const queue: Pending[] = [];
  // What the host was told up to here it has answered; its own count of silence began no earlier.
  let confirmedAt = clock.monotonic();

  heard.onAnswer = (answer) => {
    const pending = queue.shift();
    if (pending === undefined) return;
    if (answer.kind !== 'unkept') confirmedAt = pending.sentAt;
    pending.resolve(answer);
  };

  function send(word: string): Promise<Answer> {
    if (lost.signal.aborted) return Promise.reject(reasonOf(lost.signal));
    return new Promise((resolve, reject) => {
      queue.push({ word, sentAt: clock.monotonic(), resolve, reject });
      child.stdin.write(`${word}\n`);
    });
  }

  function lose(why: string): void {
    if (ended.signal.aborted) return;
    ended.abort();
    const words = [why, ...heard.words()];
    lost.abort(userError(`The connection to ${name} is lost: ${words.join('\n  ')}`));
    for (const pending of queue.splice(0)) pending.reject(reasonOf(lost.signal));
    child.kill('SIGKILL');
  }

  async function ping(): Promise<void> {
    const answer = await send('ping');
    if (answer.kind === 'lost') lose('another run has taken the lease over.');
    if (answer.kind === 'unkept') log.warning(`${name}: ${answer.why}`);
  }

  async function keepAlive(): Promise<void> {
    while (!ended.signal.aborted) {
      // A takeover may wait a whole lease time for others to end, before its answer comes.
      const patience = queue.some(({ word }) => word !== 'ping') ? 2 * leaseMs : leaseMs;
      const left = confirmedAt + patience - clock.monotonic();
      if (left <= 0) return lose(`no answer for ${Math.round(patience / 1_000)} s.`);
      await clock.sleep(Math.min(pingMs, left), ended.signal).catch(() => {});
      if (!ended.signal.aborted && queue.length === 0) void ping().catch(() => {});
    }
  }

  void child.finished.then(({ code }) => lose(`ssh ended with status ${code ?? 'none'}.`));
  void keepAlive();

  return {
    hostId,
    lost: lost.signal,
    order: send,
    lose,
    async end() {
      const bye = ended.signal.aborted ? Promise.resolve() : send('bye').then(() => ended.abort());
      const patience = new AbortController();
      await Promise.race([bye, child.finished, clock.sleep(2 * leaseMs, patience.signal)]).catch(() => {});
      ended.abort();
      child.stdin.end();
      await Promise.race([child.finished, clock.sleep(END_MS, patience.signal)]).catch(() => {});
      patience.abort();
      child.kill('SIGKILL');
      await child.finished;
    },
  };
}
