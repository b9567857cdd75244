import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/**
 * What is sent, and when. The schedule is fixed: it never waits for an answer, and no request is sent twice. Eight in
 * ten are POSTs, two in ten go to `/slow`; each second one uses a kept connection, the others a connection of their own.
 */
export interface LoadOptions {
  /** Origin only: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Requests per second. */
  readonly rate: number;
  /** Name of the first phase. */
  readonly phase: string;
  /** How long the app takes for `/slow`, in milliseconds; default 300. */
  readonly slowMs?: number;
  /** An answer that comes later than this over its own time has failed; default 1000. */
  readonly lateMs?: number;
  /** A request without any answer is given up after this; default 10000. */
  readonly giveUpMs?: number;
  /** How many users there are, told apart by a cookie, in turn; default: nobody is told apart. */
  readonly users?: number;
  /** How far away the clients are, one way, in milliseconds; default 0. What crosses on the way is seen only then. */
  readonly awayMs?: number;
}

/** Requests that were sent while a phase was on, wherever they ended. */
export interface PhaseCount {
  readonly name: string;
  readonly seconds: number;
  readonly requests: number;
  readonly failed: number;
  /** Good answers by the version that gave them. */
  readonly versions: Readonly<Record<string, number>>;
  readonly errors: Readonly<Record<string, number>>;
}

export interface LoadResult {
  readonly requests: number;
  readonly failed: number;
  readonly phases: readonly PhaseCount[];
  /** How many failed why: `status 503`, `ECONNRESET`, `wrong body`, `late`, `no answer`. */
  readonly errors: Readonly<Record<string, number>>;
  readonly versions: Readonly<Record<string, number>>;
  /** How far the generator itself fell behind its schedule at worst, in milliseconds: large = a starved machine. */
  readonly lagMs: number;
}

export interface Load {
  /**
   * From now on requests belong to this phase. Resolves once those of the phases before have ended, so that what is
   * broken next does not count there.
   */
  phase(name: string): Promise<void>;
  /** Sends no more, waits for what is under way, and counts. */
  stop(): Promise<LoadResult>;
}

export type ToWorker =
  | { readonly kind: 'start'; readonly options: LoadOptions }
  | { readonly kind: 'phase'; readonly name: string }
  | { readonly kind: 'stop' };

export type FromWorker =
  | { readonly kind: 'started' }
  | { readonly kind: 'phase' }
  | { readonly kind: 'result'; readonly phases: readonly PhaseCount[]; readonly lagMs: number };

/** Load from a process of its own, so that neither side delays the other; it ends with ours. */
export async function startLoad(options: LoadOptions): Promise<Load> {
  const worker = fork(new URL('load-worker.ts', import.meta.url), { execArgv: [] });
  await talk(worker, { kind: 'start', options });
  return {
    async phase(name) {
      await talk(worker, { kind: 'phase', name });
    },
    async stop() {
      const answer = await talk(worker, { kind: 'stop' });
      worker.disconnect();
      if (answer.kind !== 'result') throw new Error(`the load answered ${answer.kind} to stop`);
      return summarize(answer.phases, answer.lagMs);
    },
  };
}

async function talk(worker: ChildProcess, message: ToWorker): Promise<FromWorker> {
  if (!worker.connected) throw new Error('the load has ended already');
  const gone = new AbortController();
  const onExit = (code: number | null): void => gone.abort(new Error(`the load ended early, with status ${code}`));
  worker.once('exit', onExit);
  try {
    const answered = once(worker, 'message', { signal: gone.signal });
    worker.send(message);
    const [answer] = (await answered) as [FromWorker];
    return answer;
  } catch (cause) {
    gone.signal.throwIfAborted();
    throw cause;
  } finally {
    worker.off('exit', onExit);
  }
}

function summarize(phases: readonly PhaseCount[], lagMs: number): LoadResult {
  return {
    requests: phases.reduce((sum, phase) => sum + phase.requests, 0),
    failed: phases.reduce((sum, phase) => sum + phase.failed, 0),
    phases,
    errors: added(phases.map(({ errors }) => errors)),
    versions: added(phases.map(({ versions }) => versions)),
    lagMs,
  };
}

function added(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const count of counts) for (const [name, n] of Object.entries(count)) sum[name] = (sum[name] ?? 0) + n;
  return sum;
}
