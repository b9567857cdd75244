import type { Clock } from '@slipway/effects/clock';
import type { Http, HttpResponse } from '@slipway/effects/http';
import { formatDuration } from '@slipway/kernel/duration';
import { messageOf, userError } from '@slipway/kernel/errors';
import { isObject, parseJson } from '@slipway/kernel/json';
import type { VersionFrom } from './health.ts';

/** One place that is asked, and what it shall say. */
export interface ProbeTarget {
  readonly url: string;
  /** The local end of a connection to it. */
  readonly socketPath: string;
  readonly versionFrom: VersionFrom;
  /** The version that shall answer. */
  readonly version: string;
}

export interface Patience {
  /** Passes in a row that are wanted. */
  readonly passes: number;
  /** From the end of one try to the next. */
  readonly intervalMs: number;
  /** For all passes together. */
  readonly deadlineMs: number;
}

export interface ProbePorts {
  readonly http: Http;
  readonly clock: Clock;
}

/** For one try: a health check that takes longer is none. */
const TRY_MS = 2_000;
const SHOWN = 200;

export type Look = { readonly ok: true } | { readonly ok: false; readonly why: string };

/** One try: a 2xx answer of this version passes, everything else says why not. */
export async function look(target: ProbeTarget, { http }: ProbePorts, signal: AbortSignal): Promise<Look> {
  const { url, socketPath } = target;
  try {
    const answer = await http.request({ url, socketPath, headers: { connection: 'close' }, timeoutMs: TRY_MS, signal });
    return judge(answer, target);
  } catch (cause) {
    signal.throwIfAborted();
    return { ok: false, why: whyNoAnswer(cause) };
  }
}

/** Resolves after enough passes in a row; rejects with what was seen last when the time is over. */
export async function untilHealthy(
  target: ProbeTarget,
  patience: Patience,
  ports: ProbePorts,
  signal: AbortSignal,
): Promise<void> {
  const { passes, intervalMs, deadlineMs } = patience;
  const { clock } = ports;
  const began = clock.monotonic();
  let inARow = 0;
  for (;;) {
    const seen = await look(target, ports, signal);
    inARow = seen.ok ? inARow + 1 : 0;
    if (inARow >= passes) return;
    if (clock.monotonic() - began + intervalMs > deadlineMs) throw overdue(target, seen, inARow, patience);
    await clock.sleep(intervalMs, signal);
  }
}

/** Through a forward, a port where nobody listens looks like a connection that is closed at once. */
function whyNoAnswer(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  if (code !== 'ECONNREFUSED' && code !== 'ECONNRESET' && code !== 'EPIPE') return messageOf(cause);
  return `closed without an answer: nothing listens there, or it died (${code})`;
}

function judge(answer: HttpResponse, { versionFrom, version }: ProbeTarget): Look {
  const body = answer.body.toString('utf8');
  if (answer.status < 200 || answer.status > 299) {
    return { ok: false, why: `status ${answer.status}${body === '' ? '' : `: ${brief(body)}`}` };
  }
  const found = versionIn(answer, body, versionFrom);
  if (found === version || versionFrom.kind === 'process') return { ok: true };
  if (found === undefined) return { ok: false, why: `the answer names no version (${placeOf(versionFrom)})` };
  return { ok: false, why: `version ${brief(found)} answered instead of ${version}` };
}

function versionIn(answer: HttpResponse, body: string, from: VersionFrom): string | undefined {
  switch (from.kind) {
    case 'process':
      return undefined;
    case 'header':
      return answer.headers[from.name]?.trim();
    case 'body':
      return body.trim();
    case 'json':
      return textAt(parseJson(body), from.path);
  }
}

function textAt(value: unknown, path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), value);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
}

function placeOf(from: VersionFrom): string {
  if (from.kind === 'header') return `header ${from.name}`;
  return from.kind === 'json' ? `json ${from.path.join('.')}` : from.kind;
}

function overdue({ url }: ProbeTarget, seen: Look, inARow: number, { passes, deadlineMs }: Patience): Error {
  const last = seen.ok ? `only ${inARow} of ${passes} passes in a row` : seen.why;
  return userError(`${url} did not become healthy within ${formatDuration(deadlineMs)}: ${last}.`);
}

function brief(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
}
