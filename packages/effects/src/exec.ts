import type { Readable, Writable } from 'node:stream';

/** A program and its arguments: never a shell string. */
export type Argv = readonly [string, ...string[]];

export interface Command {
  readonly argv: Argv;
  readonly cwd?: string;
  /** The whole environment of the child; default: ours. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What the child reads: a text, bytes or a stream; default: nothing. */
  readonly input?: string | Uint8Array | Readable;
  /** The group gets SIGTERM after this time, and SIGKILL 2 s later. */
  readonly timeoutMs?: number;
  /** The group is ended the same way when this is aborted. */
  readonly signal?: AbortSignal;
  /** Called with each line as it comes, without its end. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** How much of each stream is kept, in bytes from its end; default 8 MiB. */
  readonly keepBytes?: number;
}

export interface Finished {
  /** The exit status, or null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** Wall time in milliseconds. */
  readonly ms: number;
}

/** A long-lived child. It never outlives us: see `Exec.start`. */
export interface Child {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the process is gone and its streams are closed; never rejects. */
  readonly finished: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Sends a signal to the whole process group. */
  kill(signal?: NodeJS.Signals): void;
}

/** Processes as a port. Each child runs in its own process group, so that it can be ended with all it started. */
export interface Exec {
  /** Runs to the end. A missing program is a UserError; a non-zero status is a result, not an error. */
  run(command: Command): Promise<Finished>;
  /** Starts a child that talks over its streams. Its stdin is ours: it must end at EOF, or be started under `guarded`. */
  start(command: Pick<Command, 'argv' | 'cwd' | 'env'>): Child;
}

/**
 * The argv of a child that does not read its stdin, under a watchdog that ends it when our end of the pipe closes:
 * a SIGKILL gives us no last word.
 */
export function guarded(argv: Argv): Argv {
  return [
    'sh',
    '-c',
    // fd 3, since a shell gives its background commands /dev/null as stdin.
    'exec 3<&0; "$@" </dev/null 3<&- & p=$!; (cat <&3; kill "$p") >/dev/null 2>&1 & w=$!; wait "$p"; s=$?; kill "$w" 2>/dev/null; exit "$s"',
    'sh',
    ...argv,
  ];
}
