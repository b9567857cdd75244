export interface SocketOptions {
  /** For the whole exchange, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Line protocols over a unix socket as a port: one exchange on a connection of its own. */
export interface LineSocket {
  /**
   * Writes the text and reads until the other side closes. Rejects when nobody listens, when the connection breaks and
   * when the time is up; an answer that was cut off cleanly looks like a short one, so the caller counts.
   */
  exchange(at: { readonly path: string }, text: string, options: SocketOptions): Promise<string>;
}
