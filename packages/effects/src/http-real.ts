import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import type { Http, HttpRequest, HttpResponse } from './http.ts';

const MAX_BYTES = 1024 * 1024;

export const systemHttp: Http = { request };

function request(wanted: HttpRequest): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const url = new URL(wanted.url);
    const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const timeout = AbortSignal.timeout(wanted.timeoutMs);
    const signal = wanted.signal === undefined ? timeout : AbortSignal.any([timeout, wanted.signal]);
    const sent = open(url, {
      method: wanted.method ?? 'GET',
      agent: false,
      headers: wanted.headers ?? {},
      signal,
      ...(wanted.socketPath === undefined ? {} : { socketPath: wanted.socketPath }),
    });
    const fail = (cause: Error): void =>
      reject(timeout.aborted ? new Error(`no answer within ${wanted.timeoutMs} ms`, { cause }) : cause);
    sent.on('error', fail);
    sent.on('response', (answer) => {
      read(answer, wanted.maxBytes ?? MAX_BYTES).then(resolve, fail);
    });
    if (wanted.body instanceof Readable) wanted.body.on('error', (cause) => sent.destroy(cause)).pipe(sent);
    else sent.end(wanted.body);
  });
}

async function read(answer: IncomingMessage, maxBytes: number): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  const headers = Object.entries(answer.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return {
    status: answer.statusCode ?? 0,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: Buffer.concat(chunks),
  };
}
