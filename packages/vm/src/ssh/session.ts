import type { Readable } from 'node:stream';
import type { Finished } from '@slipway/effects/exec';
import type { Pour } from '@slipway/effects/files';
import type { Host } from '../host.ts';

/** Something on the host that is reached through the session's connection, as a unix socket on the runner. */
export type Forward =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** A forward, and the socket on the runner that leads to it. */
export interface LocalForward {
  readonly local: string;
  readonly to: Forward;
}

/** One script that runs on the host in an exec of its own over the one connection. */
export interface RemoteStep {
  /** A word for logs and errors: `stage`, `start`. */
  readonly label: string;
  /** POSIX sh; it sees `vars` as shell variables and `input` on stdin. */
  readonly script: string;
  readonly vars: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array | Readable | Pour;
  /**
   * `fenced`: registers itself under `state/steps`, then makes sure that the lease is still ours, and ends with
   * status 75 without any effect when it is not. `free`: reads only, and needs no lease.
   */
  readonly fence: 'fenced' | 'free';
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** The one connection to one host, for the whole run. */
export interface Session {
  readonly host: Host;
  /** From `state/host-id`: two names of one host have one id. Known once the host was locked, or had an id before. */
  hostId(): string | undefined;
  /** Aborted when the connection, its holder or the lease is gone: nothing more is done on this host. */
  readonly lost: AbortSignal;
  /**
   * Runs to the end; a non-zero status is a result. A step that takes too long, or whose `signal` is aborted, is ended
   * on the host with all it started in its process group. Rejects when the connection breaks, with the last lines.
   */
  run(step: RemoteStep): Promise<Finished>;
  /** The local socket of a forward that was asked for when the session was opened. */
  socket(forward: Forward): string;
  /** Takes the lease of this host, or says who has it. */
  acquire(): Promise<Acquired>;
  /** Gives the lease back once no step of ours lives. */
  release(): Promise<void>;
  close(): Promise<void>;
}

export type Acquired =
  | { readonly kind: 'held'; readonly fence: number }
  | {
      readonly kind: 'busy';
      readonly owner: string;
      readonly url: string;
      readonly ageSeconds: number;
      /** Names the session that has it; one of our own when two names mean one host. */
      readonly token: string;
    };

/** A session as it was opened, which can still become another name for a second one. */
export interface LeasedSession extends Session {
  /** What this session is called in a lease that it holds. */
  readonly token: string;
  /**
   * This host is the other session's host under another name: our own connection ends, and from now on everything
   * goes over the other one and its lease; our forwards keep their local sockets.
   */
  follow(other: LeasedSession): Promise<void>;
  /** The token of the session that speaks for this host: our own, or of the one that we follow. */
  leader(): string;
  /** Adds forwards to the open connection. */
  forward(forwards: readonly LocalForward[]): Promise<void>;
}
