import type { Readable } from 'node:stream';

export interface HttpRequest {
  readonly method?: string;
  /** `http:` or `https:`. With `socketPath` only the path and the Host header are taken from it. */
  readonly url: string;
  /** A unix socket to connect to instead of the URL's host. */
  readonly socketPath?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | Readable;
  /** For the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Most bytes of the body that are read; default 1 MiB. */
  readonly maxBytes?: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated headers joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** An answer whose body is still coming. */
export interface HttpStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

/** HTTP as a port: one exchange on a connection of its own, no redirects, no retries. Rejects on transport errors. */
export interface Http {
  request(request: HttpRequest): Promise<HttpResponse>;
  /** As `request`, but the body streams; `timeoutMs` is for the headers, the signal for all of it. */
  open(request: HttpRequest): Promise<HttpStream>;
}
