/** Why a connection could not be opened, by the words of ssh. */
export type FailureKind = 'host-key' | 'auth' | 'forbidden' | 'transport' | 'other';

const HOST_KEY = /Host key verification failed/;
const AUTH = /Permission denied \(|Too many authentication failures|No supported authentication methods/;
const FORBIDDEN = /open failed: administratively prohibited/;
/** Words that ssh has only before the keys are exchanged; a bare "Connection closed" may mean a refused log-in. */
const TRANSPORT = [
  /kex_exchange_identification:/,
  /banner exchange/i,
  /connect to host \S+ port \d+:/,
  /Connection to \S+ port \d+ timed out/,
  /Temporary failure in name resolution/,
];

/** Only what breaks before anybody tried to log in is worth a second try: servers punish repeated log-ins. */
export function failureKind(stderr: string): FailureKind {
  if (HOST_KEY.test(stderr)) return 'host-key';
  if (AUTH.test(stderr)) return 'auth';
  if (FORBIDDEN.test(stderr)) return 'forbidden';
  return TRANSPORT.some((pattern) => pattern.test(stderr)) ? 'transport' : 'other';
}

/** The last lines of what somebody else wrote, without the empty ones. */
export function lastLines(text: string, count: number): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-count);
}

/** A line that says what it says and does nothing to a terminal; at most so long that a log stays readable. */
export function printable(line: string): string {
  return line.replaceAll(/[^\P{C}\t]/gu, '\u{fffd}').slice(0, 500);
}
