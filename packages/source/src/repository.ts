import { pathToFileURL } from 'node:url';
import type { Problem } from '@slipway/kernel/errors';

/** A repository that git can fetch from. */
export interface Repository {
  /** What git is given; it never carries a password or token. */
  readonly url: string;
  /** How people know it: `owner/name` on the workflow's own server, else the address. */
  readonly name: string;
  /** Whether it is on the workflow's own server: the only one that gets the token. */
  readonly own: boolean;
}

const ALLOWED =
  'owner/name, https://host/path, ssh://[user@]host[:port]/path, user@host:path, or file:///path or /path of a local one';
const OWNER_NAME = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9._-]+$/;
const SCP_LIKE = /^[A-Za-z0-9_][\w.-]*@[A-Za-z0-9[][^\s:/]*:[^\s]+$/;
const PROTOCOLS = new Set(['http:', 'https:', 'ssh:', 'file:']);

/** Reads the `repository` input. `serverUrl` is where `owner/name` is: `https://github.com`. */
export function parseRepository(text: string, serverUrl: string): Repository | Problem {
  const server = serverUrl.replace(/\/+$/, '');
  if (OWNER_NAME.test(text)) return { url: `${server}/${text}`, name: text, own: true };
  if (SCP_LIKE.test(text)) return { url: text, name: text, own: false };
  if (text.startsWith('/')) return { url: pathToFileURL(text).href, name: text, own: false };
  const url = URL.parse(text);
  if (url === null || !PROTOCOLS.has(url.protocol) || !url.pathname.startsWith('/') || /\s/.test(text)) {
    return { what: 'Input "repository" cannot be used.', got: text, allowed: ALLOWED, fix: 'repository: owner/name' };
  }
  if (url.password !== '' || (url.username !== '' && url.protocol !== 'ssh:')) {
    return {
      what: 'Input "repository" carries credentials: they would end in logs, process lists and the release record.',
      allowed: ALLOWED,
      fix: `repository: ${withoutCredentials(url)}\ntoken: \${{ secrets.NAME }}`,
    };
  }
  return { url: text, name: text, own: url.protocol !== 'file:' && url.origin === URL.parse(server)?.origin };
}

/** Whether two addresses mean one repository, however they are written. */
export function sameRepository(a: string, b: string): boolean {
  return plainAddress(a) === plainAddress(b);
}

/** Without credentials, final slashes and `.git`. */
export function plainAddress(address: string): string {
  const url = URL.parse(address);
  const bare = url === null || SCP_LIKE.test(address) ? address : withoutCredentials(url);
  return bare.replace(/\/+$/, '').replace(/\.git$/, '');
}

function withoutCredentials(url: URL): string {
  const copy = new URL(url.href);
  copy.password = '';
  if (copy.protocol !== 'ssh:') copy.username = '';
  return copy.href;
}
