import { createInterface } from 'node:readline';
import type { HttpStream } from '@slipway/effects/http';
import { isObject, parseJson } from '@slipway/kernel/json';
import { ApiRefusal, type KubeList, type ListQuery, type WatchEvent } from './api.ts';
import { isKubeObject } from './narrow.ts';
import { selectorQuery, withQuery } from './paths.ts';
import { refusal, requestOf, type TransportPorts } from './transport.ts';

export interface WatchPorts extends TransportPorts {
  readonly list: (query: ListQuery) => Promise<KubeList>;
  readonly listPath: (query: ListQuery) => Promise<string>;
  readonly signal: AbortSignal;
}

/** The server ends a watch after this time by itself, so that a half-open connection is noticed. */
const WATCH_SECONDS = 60;
const HEADERS_MS = 30_000;
const PAUSE_MS = 200;

/**
 * Lists, then watches from there, again and again: a watch that ends or breaks goes on where it was; one that is too
 * old (410 Gone) begins with a new list.
 */
export async function* watch(query: ListQuery, ports: WatchPorts): AsyncIterable<KubeList | WatchEvent> {
  const { signal, clock } = ports;
  while (!signal.aborted) {
    const listed = await ports.list(query);
    yield listed;
    let from: string | undefined = listed.resourceVersion;
    while (from !== undefined && !signal.aborted) {
      const began = clock.monotonic();
      for await (const event of events(query, from, ports)) {
        if (event === 'gone') {
          from = undefined;
          break;
        }
        from = event.object.metadata.resourceVersion ?? from;
        yield event;
      }
      // Not in a tight loop when each connection breaks at once.
      if (clock.monotonic() - began < PAUSE_MS && !signal.aborted) await clock.sleep(PAUSE_MS, signal).catch(() => {});
    }
  }
}

async function* events(query: ListQuery, from: string, ports: WatchPorts): AsyncIterable<WatchEvent | 'gone'> {
  const { http, lost, signal } = ports;
  const asked = {
    ...selectorQuery(query),
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: from,
    timeoutSeconds: String(WATCH_SECONDS),
  };
  const path = withQuery(await ports.listPath(query), asked);
  try {
    const request = requestOf({ method: 'GET', path, repeatable: true }, ports);
    const both = AbortSignal.any([lost, signal]);
    const answer = await http.open({ ...request, signal: both, timeoutMs: HEADERS_MS });
    yield* eventsIn(answer);
  } catch (thrown) {
    lost.throwIfAborted();
    if (signal.aborted) return;
    if (thrown instanceof ApiRefusal) throw thrown;
    // A connection that broke: the caller goes on from where it was.
  }
}

async function* eventsIn({ status, body }: HttpStream): AsyncIterable<WatchEvent | 'gone'> {
  // A cut is the end of its lines; nobody else listens when it comes late.
  body.on('error', () => {});
  try {
    if (status === 410) yield 'gone';
    else if (status >= 400 && status !== 429 && status < 500) {
      throw refusal({ status, body: Buffer.concat(await body.toArray()) });
    } else if (status === 200) {
      for await (const line of createInterface({ input: body })) {
        const event = parseEvent(line);
        if (event !== undefined) yield event;
      }
    }
  } finally {
    body.destroy();
  }
}

function parseEvent(line: string): WatchEvent | 'gone' | undefined {
  const value = parseJson(line);
  if (!isObject(value)) return undefined;
  if (value.type === 'ERROR') return 'gone';
  if (!isKubeObject(value.object)) return undefined;
  const { type, object } = value;
  return type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK'
    ? { type, object }
    : undefined;
}
