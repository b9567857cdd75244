import { type Clock, throwIfAborted } from '@slipway/effects/clock';
import type { Http, HttpRequest, HttpResponse } from '@slipway/effects/http';
import { messageOf, UserError } from '@slipway/kernel/errors';
import type { Log } from '@slipway/kernel/log';
import { authorize, type Credentials, parseChallenges } from './registry-auth.ts';
import { isPassing, loginRefused, loginWanted, unreachable } from './registry-errors.ts';
import { type Try, withRetries } from './retry.ts';
import { isTransientStatus } from './transient.ts';

export interface RegistryOptions {
  /** As in a reference: `ghcr.io`, `docker.io`, `registry:5000`. */
  readonly registry: string;
  /** Default: nobody, as anonymous. */
  readonly credentials?: Credentials | undefined;
  /** Speak HTTP without TLS also with a registry that is not on this machine. */
  readonly plainHttp: boolean;
}

export interface RegistryPorts {
  readonly http: Pick<Http, 'request'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal?: AbortSignal;
}

/** `url` is a path, or an address that the registry gave us. */
export type Ask = (request: Omit<HttpRequest, 'timeoutMs' | 'signal' | 'socketPath'>) => Promise<HttpResponse>;

const TIMEOUT_MS = 60_000;
const MOST_REDIRECTS = 5;
const HUB = 'registry-1.docker.io';

/** Requests to one registry, logged in on demand; whatever may be over a moment later is tried again. */
export function registrySession(options: RegistryOptions, ports: RegistryPorts): Ask {
  const { registry, credentials } = options;
  const plainHttp = options.plainHttp || isLoopback(registry);
  const base = `${plainHttp ? 'http' : 'https'}://${registry === 'docker.io' ? HUB : registry}`;
  let authorization: string | undefined;

  return (request) => {
    const url = new URL(request.url, base);
    const what = `${request.method ?? 'GET'} ${url.origin}${url.pathname}`;
    return withRetries(what, () => attempt({ ...request, url: url.href }), ports);
  };

  async function attempt(request: Parameters<Ask>[0]): Promise<Try<HttpResponse>> {
    try {
      const answer = await loggedIn(request);
      if (!isTransientStatus(answer.status)) return { kind: 'done', value: answer };
      const waitMs = Number(answer.headers['retry-after'] ?? 0) * 1_000 || 0;
      return { kind: 'transient', because: `status ${answer.status}`, waitMs, last: () => answer };
    } catch (cause) {
      throwIfAborted(ports.signal);
      if (cause instanceof UserError) throw cause;
      const last = (): never => {
        throw unreachable(registry, { plainHttp, cause });
      };
      return isPassing(cause) ? { kind: 'transient', because: messageOf(cause), last } : last();
    }
  }

  async function loggedIn(request: Parameters<Ask>[0]): Promise<HttpResponse> {
    const first = await send(request);
    if (first.status !== 401) return first;
    const challenges = parseChallenges(first.headers['www-authenticate'] ?? '');
    const result = await authorize(challenges, credentials, { send: passing, plainHttp });
    if (result.kind === 'login-wanted') throw loginWanted(registry);
    if (result.kind === 'refused') throw loginRefused(registry, result.because);
    authorization = result.header;
    const second = await send(request);
    if (second.status !== 401) return second;
    throw credentials === undefined ? loginWanted(registry) : loginRefused(registry, 'it does not know them');
  }

  /** Blobs and manifests may lie elsewhere; our credentials are for the registry alone. */
  async function send(request: Parameters<Ask>[0]): Promise<HttpResponse> {
    let url = new URL(request.url);
    for (let left = MOST_REDIRECTS; ; left -= 1) {
      const isOurs = url.origin === new URL(base).origin;
      const login = isOurs && authorization !== undefined ? { authorization } : {};
      const answer = await sendOnce({ ...request, url: url.href, headers: { ...request.headers, ...login } });
      const { location } = answer.headers;
      const isRedirect = answer.status >= 301 && answer.status <= 308 && location !== undefined;
      if (!isRedirect || (request.method ?? 'GET') !== 'GET' || left === 0) return answer;
      const next = new URL(location, url);
      if (next.protocol !== 'https:' && !plainHttp) return answer;
      url = next;
    }
  }

  /** A token server that stumbles is no answer to our login. */
  async function passing(request: Parameters<Ask>[0]): Promise<HttpResponse> {
    const answer = await sendOnce(request);
    if (isTransientStatus(answer.status)) throw new Error(`status ${answer.status} of ${new URL(request.url).origin}`);
    return answer;
  }

  function sendOnce(request: Parameters<Ask>[0]): Promise<HttpResponse> {
    const { signal } = ports;
    return ports.http.request({ ...request, timeoutMs: TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) });
  }
}

/** What every builder takes for a registry without TLS, too. */
export function isLoopback(registry: string): boolean {
  const host = registry.replace(/:\d+$/, '');
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
