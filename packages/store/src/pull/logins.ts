import type { Problem } from '@slipway/kernel/errors';

/** How to log in to one server; it is never shown to another one. */
export type Login =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string };

/** By `host` or `host:port`, as in a URL. */
export type Logins = ReadonlyMap<string, Login>;

/** Reads `transfer-auth`: `<host> basic <user>:<password>` or `<host> bearer <token>` a line. Secrets are never repeated. */
export function parseLogins(text: string | undefined): Logins | readonly Problem[] {
  const logins = new Map<string, Login>();
  const problems: Problem[] = [];
  for (const [index, line] of (text ?? '').split(/\r\n|\r|\n/).entries()) {
    if (line.trim() === '') continue;
    const [host, login] = parseLine(line.trim());
    if (login === undefined) problems.push(noLogin(index + 1));
    else logins.set(host, login);
  }
  return problems.length > 0 ? problems : logins;
}

/** The value of an `Authorization` header. */
export function headerOf(login: Login): string {
  if (login.kind === 'bearer') return `Bearer ${login.token}`;
  return `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
}

const LINE = /^([a-z0-9.-]+(?::\d+)?|\[[0-9a-f:]+\](?::\d+)?)\s+(basic|bearer)\s+(\S+)$/i;

function parseLine(line: string): readonly [string, Login | undefined] {
  const [, host = '', kind = '', secret = ''] = LINE.exec(line) ?? [];
  return [host.toLowerCase(), kind.toLowerCase() === 'basic' ? basic(secret) : bearer(secret)];
}

function basic(secret: string): Login | undefined {
  const colon = secret.indexOf(':');
  if (colon < 1) return undefined;
  return { kind: 'basic', username: secret.slice(0, colon), password: secret.slice(colon + 1) };
}

/** As RFC 6750 writes them; nothing in them has a meaning in a configuration of curl or wget. */
function bearer(secret: string): Login | undefined {
  return /^[A-Za-z0-9._~+/-]+=*$/.test(secret) ? { kind: 'bearer', token: secret } : undefined;
}

function noLogin(line: number): Problem {
  return {
    what: `Input "transfer-auth": line ${line} is no login.`,
    allowed: '<host[:port]> basic <user>:<password>, or <host[:port]> bearer <token>; one server a line',
    fix: 'transfer-auth: releases.example.com bearer ${{ secrets.RELEASES_TOKEN }}',
  };
}
