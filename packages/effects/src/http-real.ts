import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import type { Http, HttpRequest, HttpResponse, HttpStream } from './http.ts';

const MAX_BYTES = 1024 * 1024;

export const systemHttp: Http = { request, open };

async function request(wanted: HttpRequest): Promise<HttpResponse> {
  const timeout = AbortSignal.timeout(wanted.timeoutMs);
  try {
    const answer = await send(wanted, timeout);
    return { status: answer.statusCode ?? 0, headers: headersOf(answer), body: await read(answer, wanted.maxBytes) };
  } catch (cause) {
    throw timeout.aborted ? late(wanted, cause) : cause;
  }
}

async function open(wanted: HttpRequest): Promise<HttpStream> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), wanted.timeoutMs);
  try {
    const answer = await send(wanted, patience.signal);
    return { status: answer.statusCode ?? 0, headers: headersOf(answer), body: answer };
  } catch (cause) {
    throw patience.signal.aborted ? late(wanted, cause) : cause;
  } finally {
    clearTimeout(timer);
  }
}

function send(wanted: HttpRequest, timeout: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const url = new URL(wanted.url);
    const program = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const sent = program(url, {
      method: wanted.method ?? 'GET',
      agent: false,
      headers: { ...lengthOf(wanted.body), ...wanted.headers },
      signal: wanted.signal === undefined ? timeout : AbortSignal.any([timeout, wanted.signal]),
      ...(wanted.socketPath === undefined ? {} : { socketPath: wanted.socketPath }),
    });
    sent.on('error', reject);
    sent.on('response', resolve);
    if (wanted.body instanceof Readable) wanted.body.on('error', (cause) => sent.destroy(cause)).pipe(sent);
    else sent.end(wanted.body);
  });
}

/** Without it Node sends the body of a DELETE so that nobody takes it for one. */
function lengthOf(body: HttpRequest['body']): Readonly<Record<string, string>> {
  if (body === undefined || body instanceof Readable) return {};
  return { 'content-length': String(typeof body === 'string' ? Buffer.byteLength(body) : body.length) };
}

async function read(answer: IncomingMessage, maxBytes = MAX_BYTES): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function headersOf(answer: IncomingMessage): Readonly<Record<string, string>> {
  const pairs = Object.entries(answer.headers).map(([name, value]): [string, string] => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return Object.fromEntries(pairs);
}

function late({ timeoutMs }: HttpRequest, cause: unknown): Error {
  return new Error(`no answer within ${timeoutMs} ms`, { cause });
}
