import { throwIfAborted } from '@slipway/effects/clock';
import type { Http, HttpStream } from '@slipway/effects/http';
import { authorize, parseChallenges } from '@slipway/image/registry-auth';
import { messageOf, UserError, userError } from '@slipway/kernel/errors';
import type { ReleaseRecord } from '@slipway/kernel/release';
import { headerOf, type Login } from './logins.ts';
import { isLoopback } from './place.ts';

export interface Blob {
  readonly url: string;
  readonly authorization?: string;
  /** The registry sends to a place that lets in whoever knows its URL. */
  readonly presigned: boolean;
}

const TIMEOUT_MS = 30_000;

/**
 * Where a host gets a blob: the registry is asked here, since only we can answer its challenge, and where it sends
 * elsewhere the host goes straight there, without the login.
 */
export async function ociBlob(
  { registry, repository }: { readonly registry: string; readonly repository: string },
  { digest }: ReleaseRecord,
  ports: {
    readonly http: Pick<Http, 'open' | 'request'>;
    readonly login: Login | undefined;
    readonly signal: AbortSignal;
  },
): Promise<Blob> {
  const plainHttp = isLoopback(registry);
  const url = `${plainHttp ? 'http' : 'https'}://${registry}/v2/${repository}/blobs/${digest}`;
  const place = `oci://${registry}/${repository}`;
  const { login } = ports;

  let authorization = login?.kind === 'bearer' ? headerOf(login) : undefined;
  let got = await ask();
  if (got.status === 401 && login?.kind !== 'bearer') {
    authorization = await answer(got);
    got = await ask();
  }
  const { status, headers } = got;
  if (status >= 300 && status < 400 && headers.location !== undefined) {
    return { url: new URL(headers.location, url).href, presigned: true };
  }
  if (status === 200 || status === 206) {
    return { url, presigned: false, ...(authorization === undefined ? {} : { authorization }) };
  }
  if (status === 401 || status === 403) throw loginProblem(`it refuses with status ${status}`);
  if (status === 404) throw userError(`${place} has no blob ${digest}.`, 'publish it there, or transfer: push');
  throw userError(`${place} answers with status ${status}.`, 'run it again, or transfer: push');

  /** One byte would do, but not every registry tells a part: so the body is left where it is. */
  async function ask(): Promise<HttpStream> {
    try {
      const known = authorization === undefined ? {} : { authorization };
      const asked = { url, headers: { range: 'bytes=0-0', ...known }, timeoutMs: TIMEOUT_MS, signal: ports.signal };
      const stream = await ports.http.open(asked);
      stream.body.on('error', () => {}).destroy();
      return stream;
    } catch (cause) {
      throwIfAborted(ports.signal);
      throw userError(`${place} cannot be reached from the runner: ${messageOf(cause)}.`, 'transfer: push', cause);
    }
  }

  async function answer({ headers: { 'www-authenticate': header = '' } }: HttpStream): Promise<string> {
    const { http, signal } = ports;
    const send: Parameters<typeof authorize>[2]['send'] = (request) =>
      http.request({ ...request, timeoutMs: TIMEOUT_MS, signal });
    const result = await authorize(parseChallenges(header), login?.kind === 'basic' ? login : undefined, {
      send,
      plainHttp,
    });
    if (result.kind === 'granted') return result.header;
    throw loginProblem(result.kind === 'refused' ? result.because : 'it wants a login');
  }

  function loginProblem(why: string): UserError {
    return new UserError({
      what: `${place} gives the hosts nothing: ${why}.`,
      allowed: `a line for ${registry} in transfer-auth`,
      fix: `transfer-auth: ${registry} basic \${{ github.actor }}:\${{ secrets.REGISTRY_TOKEN }}`,
    });
  }
}
