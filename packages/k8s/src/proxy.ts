import { join } from 'node:path';
import type { Clock } from '@slipway/effects/clock';
import { type Exec, guarded } from '@slipway/effects/exec';
import type { Http } from '@slipway/effects/http';
import { messageOf, userError } from '@slipway/kernel/errors';
import { call } from './transport.ts';

/** Which cluster, as the user names it; what is absent is kubectl's own default. */
export interface ClusterChoice {
  /** The program; default `kubectl`. */
  readonly kubectl: string;
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
}

export interface ProxyPorts {
  readonly exec: Exec;
  readonly http: Http;
  readonly clock: Clock;
  /** A private folder with a short path, for the socket. */
  readonly privateFolder: string;
}

export interface Proxy {
  readonly socketPath: string;
  /** Aborted when the proxy is gone: nothing more can be said to the cluster. */
  readonly lost: AbortSignal;
  close(): Promise<void>;
}

const START_MS = 15_000;
const POLL_MS = 10;

/** The arguments that name the cluster; for `kubectl kustomize` and such too. */
export function clusterArgs({ kubeconfig, context }: ClusterChoice): readonly string[] {
  return [
    ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
    ...(context === undefined ? [] : [`--context=${context}`]),
  ];
}

/**
 * One `kubectl proxy` for the whole run: every kubeconfig, exec plug-in and OIDC log-in works, and no credential comes
 * near our code. It hangs on a watchdog, so that it never outlives us.
 */
export async function openProxy(choice: ClusterChoice, ports: ProxyPorts): Promise<Proxy> {
  const { exec, http, clock } = ports;
  const socketPath = join(ports.privateFolder, 'api');
  const child = exec.start({
    argv: guarded([choice.kubectl, ...clusterArgs(choice), 'proxy', `--unix-socket=${socketPath}`]),
  });
  const words: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => words.push(chunk.toString('utf8')));
  child.stdout.resume();
  const gone = new AbortController();
  const ended = child.finished.then(() => gone.abort(new Error(`kubectl proxy ended: ${words.join('').trim()}`)));
  const close = async (): Promise<void> => {
    child.stdin.end();
    await child.finished;
  };

  try {
    const wanted = { method: 'GET', path: '/version', repeatable: true } as const;
    // A busy cluster may refuse the first call as it does any other.
    if ((await firstStatus()) !== 200) await call(wanted, { ...ports, socketPath, lost: gone.signal });
  } catch (thrown) {
    const why = gone.signal.aborted ? words.join('').trim() : messageOf(thrown);
    await close();
    throw unreachable(choice, why);
  }
  return { socketPath, lost: gone.signal, close };

  /** Of the first answer, once it listens. */
  async function firstStatus(): Promise<number> {
    const began = clock.monotonic();
    const ask = { url: 'http://localhost/version', socketPath, timeoutMs: START_MS };
    for (;;) {
      const answer = await http.request(ask).catch((cause: unknown) => {
        if (clock.monotonic() - began > START_MS) throw cause;
      });
      if (answer !== undefined) return answer.status;
      gone.signal.throwIfAborted();
      await Promise.race([clock.sleep(POLL_MS), ended]);
    }
  }
}

function unreachable(choice: ClusterChoice, why: string): Error {
  const { context, kubectl } = choice;
  const which = context === undefined ? 'of the current context' : `of the context ${context}`;
  return userError(
    `The cluster ${which} cannot be reached: ${why}`,
    `look at it with: ${[kubectl, ...clusterArgs(choice), 'version'].join(' ')}`,
  );
}
