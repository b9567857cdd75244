import { reasonOf, throwIfAborted } from '@slipway/effects/clock';
import { userError } from '@slipway/kernel/errors';
import type { Host } from '../host.ts';
import type { Answer } from './answers.ts';
import { type Connection, forwardArgv } from './argv.ts';
import { lastLines } from './failure.ts';
import type { Holder } from './holder.ts';
import { limiter } from './limiter.ts';
import type { Acquired, Forward, LeasedSession, LocalForward, RemoteStep } from './session.ts';
import { runStep, type StepPorts } from './step.ts';

/** sshd allows 10 at once on one connection: one is the holder's, one is kept for ending a step. */
const STEPS_AT_ONCE = 8;
const FORWARD_MS = 10_000;

export interface OpenConnection extends Pick<StepPorts, 'exec' | 'clock'> {
  readonly connection: Connection;
  readonly holder: Holder;
  /** `<root>/<app>/<environment>` on the host. */
  readonly base: string;
  readonly token: string;
  /** The forwards that it was opened with. */
  readonly forwards: readonly LocalForward[];
}

/** The session of an open connection. */
export function sessionOn(open: OpenConnection): LeasedSession {
  const { connection, holder, base, token } = open;
  const { host } = connection;
  const atOnce = limiter(STEPS_AT_ONCE);
  const lost = new AbortController();
  const running = new Set<Promise<unknown>>();
  let hostId = holder.hostId;
  let fence: number | undefined;
  let followed: LeasedSession | undefined;
  mirror(holder.lost, lost);

  async function run(step: RemoteStep): Promise<Awaited<ReturnType<LeasedSession['run']>>> {
    throwIfAborted(lost.signal);
    throwIfAborted(step.signal);
    if (step.fence === 'fenced' && fence === undefined) throw new Error(`no lease of ${host.name} for ${step.label}`);
    const held = step.fence === 'fenced' && fence !== undefined ? { base, number: fence, token } : undefined;
    const { fenced, ...finished } = await runStep(step, { ...open, lost: lost.signal }, held);
    if (fenced !== undefined) holder.lose(`the step "${step.label}" was refused by its fence: ${fenced}.`);
    return finished;
  }

  async function forward(added: LocalForward): Promise<void> {
    const argv = forwardArgv(connection, added);
    const { code, stderr } = await open.exec.run({ argv, timeoutMs: FORWARD_MS });
    if (code === 0) return;
    throw new Error(`${host.name} does not forward ${keyOf(added.to)}: ${lastLines(stderr, 3).join(' ')}`);
  }

  return {
    host,
    token,
    lost: lost.signal,
    leader: () => followed?.leader() ?? token,
    hostId: () => followed?.hostId() ?? hostId,
    async run(step) {
      if (followed !== undefined) return await followed.run(step);
      const work = atOnce(() => run(step));
      running.add(work);
      try {
        return await work;
      } finally {
        running.delete(work);
      }
    },
    socket(wanted) {
      const found = open.forwards.find(({ to }) => keyOf(to) === keyOf(wanted));
      if (found === undefined) throw new Error(`${host.name} was opened without ${keyOf(wanted)}`);
      return found.local;
    },
    async acquire() {
      if (followed !== undefined) return await followed.acquire();
      const answer = await holder.order('acquire');
      if (answer.kind === 'held' || answer.kind === 'busy') hostId = answer.hostId;
      if (answer.kind === 'held') fence = answer.fence;
      return acquired(host, answer);
    },
    async release() {
      if (followed !== undefined || fence === undefined) return;
      await Promise.allSettled(running);
      fence = undefined;
      // Whoever lost the lease has nothing to give back.
      if (!lost.signal.aborted) await holder.order('release').catch(() => {});
    },
    async follow(other) {
      followed = other;
      mirror(other.lost, lost);
      await holder.end();
      await other.forward(open.forwards);
    },
    async forward(added) {
      if (followed !== undefined) return await followed.forward(added);
      for (const each of added) await forward(each);
    },
    async close() {
      if (followed === undefined) await holder.end();
    },
  };
}

function acquired(host: Host, answer: Answer): Acquired {
  if (answer.kind === 'held') return { kind: 'held', fence: answer.fence };
  if (answer.kind === 'busy') {
    const { run, attempt, url, ageSeconds, token } = answer;
    return { kind: 'busy', owner: `run ${run}, attempt ${attempt}`, url, ageSeconds, token };
  }
  if (answer.kind === 'fail') throw userError(`${host.name}: ${answer.why}`);
  throw new Error(`${host.name} answered "${answer.kind}" to an order for the lease`);
}

function keyOf(forward: Forward): string {
  return forward.kind === 'unix' ? `unix:${forward.path}` : `tcp:${forward.host}:${forward.port}`;
}

function mirror(from: AbortSignal, to: AbortController): void {
  const abort = (): void => to.abort(reasonOf(from));
  if (from.aborted) abort();
  else from.addEventListener('abort', abort, { once: true });
}
