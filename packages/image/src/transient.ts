/** Time-outs, throttling, and whatever goes wrong on the other side: the same request may pass a moment later. */
export function isTransientStatus(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status <= 599);
}

/** A status as the programs that push write it: after such a word, since a bare number may be a port or a size. */
const STATUS = /(?:[Ss]tatus(?: ?[Cc]ode)?|HTTP)\b[^\n]{0,200}?(?<![\w:.])(\d{3})(?![\w.])/g;
const TRANSPORT = new RegExp(
  [
    'connection re(?:set|fused)|broken pipe|unexpected EOF|: EOF\\b|use of closed network connection',
    'i/o timeout|TLS handshake timeout|deadline exceeded|timed out|no route to host|network is unreachable',
    'server misbehaving|temporary failure|client connection lost|http2: server sent GOAWAY',
    'too ?many ?requests|bad gateway|service unavailable|gateway time-?out|internal server error',
  ].join('|'),
  'i',
);

/** Whether what a program printed when its push failed tells of something that may be over a moment later. */
export function isTransientOutput(output: string): boolean {
  return TRANSPORT.test(output) || [...output.matchAll(STATUS)].some(([, status]) => isTransientStatus(Number(status)));
}
