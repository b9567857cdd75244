import type { Problem } from '@slipway/kernel/errors';

/** An HTTP check of one place on one host. `{host}`, `{address}`, `{port}` and `{slot}` in the parts are still to be filled in. */
export interface Health {
  readonly scheme: 'http' | 'https';
  /** As the host itself would connect; empty = its own loopback address. */
  readonly host: string;
  readonly port: string;
  /** With the query, starting with a slash. */
  readonly path: string;
}

/** What proves which version answers. `process`: nothing in the answer, the process itself does. */
export type VersionFrom =
  | { readonly kind: 'process' }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'json'; readonly path: readonly string[] }
  | { readonly kind: 'body' };

/** A host, for the placeholders. */
export interface HealthHost {
  readonly name: string;
  readonly address: string;
  /** Where its service listens; needed when `usesPort`. */
  readonly servicePort?: number;
  /** Which of its services is meant; default: the only one, `blue`. */
  readonly slot?: string;
}

/** Where to connect to, seen from the host, and what to ask there. */
export interface HealthEndpoint {
  readonly host: string;
  readonly port: number;
  readonly url: string;
}

const SHAPE = /^(?<scheme>https?):\/\/(?<host>\[[^\]/]*\]|[^/:?#@]*)(?::(?<port>[^/?#]*))?(?<path>[/?][^#\s]*)?$/;
const HOST = /^(?:\{host\}|\{address\}|\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]*)$/;
const FORM =
  'http://:PORT/PATH; {host}, {address}, {port} and {slot} are filled in, and without a host it is the host itself';
const EXAMPLE = 'health: http://:8080/healthz';

/** Reads the `health` input; `http://:8080/healthz` is no URL, so this is a parser of its own. */
export function parseHealth(text: string): Health | readonly Problem[] {
  const parts = SHAPE.exec(text.trim())?.groups;
  const refused = (what: string): readonly Problem[] => [{ what, got: text.trim(), allowed: FORM, fix: EXAMPLE }];
  if (parts === undefined) return refused('health: this is no address of a health check.');
  const scheme = parts.scheme === 'https' ? 'https' : 'http';
  const { host = '', port = DEFAULT_PORT[scheme], path = '/' } = parts;
  if (!HOST.test(host)) return refused('health: the host cannot be read.');
  if (port !== '{port}' && !isPort(port)) return refused('health: the port is no number from 1 to 65535.');
  const unknown = /\{(?!host\}|address\}|port\}|slot\})[^}]*\}/.exec(path)?.[0];
  if (unknown !== undefined) return refused(`health: ${unknown} is no placeholder.`);
  return { scheme, host, port, path: path.startsWith('/') ? path : `/${path}` };
}

const DEFAULT_PORT = { http: '80', https: '443' } as const;

/** Reads the `version-from` input. */
export function parseVersionFrom(text: string): VersionFrom | readonly Problem[] {
  const word = text.trim();
  if (word === 'process' || word === 'body') return { kind: word };
  const header = /^header:([!#$%&'*+.^_`|~A-Za-z0-9-]+)$/.exec(word)?.[1];
  if (header !== undefined) return { kind: 'header', name: header.toLowerCase() };
  const path = /^json:([^\s.]+(?:\.[^\s.]+)*)$/.exec(word)?.[1];
  if (path !== undefined) return { kind: 'json', path: path.split('.') };
  const allowed = 'process, header:NAME, json:DOTTED.PATH or body';
  return [{ what: 'version-from: it cannot be read.', got: word, allowed, fix: 'version-from: header:x-version' }];
}

/** Whether every host has to say where its service listens. */
export function usesPort({ port, path }: Health): boolean {
  return `${port}${path}`.includes('{port}');
}

/** The check as it is made on one host. */
export function endpointOn(health: Health, host: HealthHost): HealthEndpoint {
  const fill = (part: string): string =>
    part
      .replaceAll('{host}', () => host.name)
      .replaceAll('{address}', () => host.address)
      .replaceAll('{port}', () => String(host.servicePort))
      .replaceAll('{slot}', () => host.slot ?? 'blue');
  const name = fill(health.host).replace(/^\[(.*)\]$/, '$1') || '127.0.0.1';
  const port = Number(fill(health.port));
  const shown = name.includes(':') ? `[${name}]` : name;
  return { host: name, port, url: `${health.scheme}://${shown}:${port}${fill(health.path)}` };
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}
