import type { HttpRequest, HttpResponse } from '@slipway/effects/http';
import { isObject, isString, parseJson } from '@slipway/kernel/json';

/** For one registry. They travel in headers only: never in argv, addresses or logs. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** One way to log in, out of a `WWW-Authenticate` header. */
export interface Challenge {
  /** In small letters. */
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Sends a request; the caller's retries and time-outs are in it. */
export type Send = (request: Omit<HttpRequest, 'timeoutMs'>) => Promise<HttpResponse>;

/** The value for the `Authorization` header, or why there is none. */
export type Authorization =
  | { readonly kind: 'granted'; readonly header: string }
  | { readonly kind: 'login-wanted' }
  | { readonly kind: 'refused'; readonly because: string };

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = new RegExp(`(${TOKEN})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${TOKEN}))`, 'g');
const SCHEME = new RegExp(`(?:^|,)\\s*(${TOKEN})(?=\\s+${TOKEN}\\s*=|\\s*(?:,|$))`, 'g');

/** Reads RFC 9110's list of challenges: `Bearer realm="...",service="..."`, `Basic realm="..."`, or several of them. */
export function parseChallenges(header: string): readonly Challenge[] {
  const quoted = header.replace(/"(?:[^"\\]|\\.)*"/g, (text) => '"'.padEnd(text.length - 1, '_').concat('"'));
  const starts = [...quoted.matchAll(SCHEME)];
  return starts.map((match, index) => {
    const from = match.index + match[0].length;
    const parameters = [...header.slice(from, starts[index + 1]?.index).matchAll(PARAMETER)].map(
      ([, name = '', inQuotes, bare]) => [name.toLowerCase(), inQuotes?.replace(/\\(.)/g, '$1') ?? bare ?? ''] as const,
    );
    return { scheme: (match[1] ?? '').toLowerCase(), parameters: Object.fromEntries(parameters) };
  });
}

/** Answers the challenges of a registry: a token from its own server, else user name and password as they are. */
export async function authorize(
  challenges: readonly Challenge[],
  credentials: Credentials | undefined,
  { send, plainHttp }: { readonly send: Send; readonly plainHttp: boolean },
): Promise<Authorization> {
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
  if (bearer !== undefined) return await fetchToken(bearer, credentials, { send, plainHttp });
  if (!challenges.some(({ scheme }) => scheme === 'basic')) {
    const names = challenges.map(({ scheme }) => scheme).join(', ');
    return { kind: 'refused', because: `it offers no way to log in that we know, only: ${names || 'nothing'}` };
  }
  return credentials === undefined ? { kind: 'login-wanted' } : { kind: 'granted', header: basic(credentials) };
}

async function fetchToken(
  { parameters }: Challenge,
  credentials: Credentials | undefined,
  { send, plainHttp }: { readonly send: Send; readonly plainHttp: boolean },
): Promise<Authorization> {
  const url = URL.parse(parameters.realm ?? '');
  if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && plainHttp))) {
    return { kind: 'refused', because: `it sends us for a token to ${JSON.stringify(parameters.realm ?? '')}` };
  }
  for (const name of ['service', 'scope']) {
    // a registry that wants several scopes puts them into one parameter
    for (const value of (parameters[name] ?? '').split(name === 'scope' ? ' ' : '\n')) {
      if (value !== '') url.searchParams.append(name, value);
    }
  }
  const headers = credentials === undefined ? {} : { authorization: basic(credentials) };
  const answer = await send({ url: url.href, headers });
  const body = parseJson(answer.body.toString('utf8'));
  const token = isObject(body) ? (body.token ?? body.access_token) : undefined;
  if (answer.status === 200 && isString(token)) return { kind: 'granted', header: `Bearer ${token}` };
  if (credentials === undefined && (answer.status === 401 || answer.status === 403)) return { kind: 'login-wanted' };
  return { kind: 'refused', because: `${url.origin} gives no token (status ${answer.status})` };
}

function basic({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
