import { randomInt } from 'node:crypto';
import type { Clock } from '@slipway/effects/clock';
import type { Http, HttpRequest, HttpResponse } from '@slipway/effects/http';
import { isObject, isString, parseJson } from '@slipway/kernel/json';
import { ApiRefusal } from './api.ts';

export interface TransportPorts {
  readonly http: Http;
  readonly clock: Clock;
  readonly socketPath: string;
  /** Aborted when the cluster is out of reach for good. */
  readonly lost: AbortSignal;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  /** A second try cannot do harm: it is tried again on whatever may pass. */
  readonly repeatable: boolean;
  readonly accept?: string;
}

/** The server's words, under the status 500, for an object that does not fit the schema of its kind. */
const UNREADABLE = /failed to (?:create typed patch object|convert new object) \(/;

const CALL_MS = 30_000;
const MAX_BYTES = 64 * 1024 * 1024;
const TRIES = 6;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 10_000;

/** One call; a refusal of the server is an `ApiRefusal`. */
export async function call(wanted: Call, ports: TransportPorts): Promise<HttpResponse> {
  const { http, clock, lost } = ports;
  for (let tried = 1; ; tried += 1) {
    const answer = await attempt(wanted, http, ports);
    if (answer.kind === 'answered' && answer.response.status < 300) return answer.response;
    if (tried === TRIES || !mayPass(wanted, answer)) {
      if (answer.kind === 'broken') throw answer.cause;
      throw refusal(answer.response);
    }
    await clock.sleep(waitBefore(tried, answer), lost);
  }
}

type Answer =
  | { readonly kind: 'answered'; readonly response: HttpResponse }
  | { readonly kind: 'broken'; readonly cause: unknown };

async function attempt(wanted: Call, http: Http, ports: TransportPorts): Promise<Answer> {
  ports.lost.throwIfAborted();
  try {
    return { kind: 'answered', response: await http.request({ ...requestOf(wanted, ports), timeoutMs: CALL_MS }) };
  } catch (cause) {
    ports.lost.throwIfAborted();
    return { kind: 'broken', cause };
  }
}

export function requestOf(
  { method, path, body, contentType, accept }: Call,
  { socketPath, lost }: TransportPorts,
): Omit<HttpRequest, 'timeoutMs'> {
  return {
    method,
    url: `http://localhost${path}`,
    socketPath,
    signal: lost,
    maxBytes: MAX_BYTES,
    headers: {
      accept: accept ?? 'application/json',
      ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

/** 429 means that nothing was done; anything else may have been, so only what is repeatable comes again. */
function mayPass({ repeatable }: Call, answer: Answer): boolean {
  if (answer.kind === 'broken') return repeatable;
  const { status, body } = answer.response;
  if (status === 500 && UNREADABLE.test(body.toString('utf8'))) return false;
  return status === 429 || (repeatable && (status === 408 || status >= 500));
}

function waitBefore(tried: number, answer: Answer): number {
  const told = answer.kind === 'answered' ? Number(answer.response.headers['retry-after']) * 1_000 : Number.NaN;
  const own = FIRST_WAIT_MS * 2 ** tried + randomInt(FIRST_WAIT_MS);
  return Math.min(LONGEST_WAIT_MS, Number.isNaN(told) ? own : Math.max(own, told));
}

/** Reads the Status object of a refusal; gateways in between answer with anything. */
export function refusal({ status, body }: Pick<HttpResponse, 'status' | 'body'>): ApiRefusal {
  const text = body.toString('utf8');
  const value = parseJson(text);
  if (!isObject(value)) return new ApiRefusal(status, 'Unknown', `status ${status}: ${text.trim().slice(0, 300)}`, []);
  const details = isObject(value.details) ? value.details : {};
  const causes = Array.isArray(details.causes) ? details.causes.filter(isObject) : [];
  return new ApiRefusal(
    status,
    isString(value.reason) ? value.reason : 'Unknown',
    isString(value.message) ? value.message : `status ${status}`,
    causes.map((cause) => ({
      field: textOf(cause.field),
      message: textOf(cause.message),
      reason: textOf(cause.reason),
    })),
  );
}

function textOf(value: unknown): string {
  return isString(value) ? value : '';
}
