import type { Problem } from '@slipway/kernel/errors';
import type { SlotName } from '@slipway/strategy/topology';
import { AUTHORITY_FORM, parseAuthority } from '../authority.ts';
import type { Host } from '../host.ts';
import { hopsIn, isJump, isRoot, JUMP_RULE, ROOT_RULE } from '../hosts.ts';

/** The `balancer` input, read. */
export interface HaproxyUri {
  readonly kind: 'haproxy';
  /** Where the balancer runs; a host like any other, with a lease and a copy of the ledger. */
  readonly host: Host;
  /** Path of the admin socket on that host. */
  readonly socket: string;
  readonly routing: ServerRouting | SlotRouting;
  /** Server names in a backend, with `{host}` and `{slot}` to be filled in. */
  readonly server: string;
}

/** All servers are in one backend, and each has a share of its own. */
export interface ServerRouting {
  readonly by: 'server';
  readonly backend: string;
}

/** A backend for each slot, and a map that splits the clients between them. */
export interface SlotRouting {
  readonly by: 'slot';
  /** Path of the map file on the balancer's host, as HAProxy's configuration names it. */
  readonly map: string;
  readonly blue: string;
  readonly green: string;
}

export type BalancerUri = HaproxyUri;

const SCHEMES = ['haproxy'] as const;
const FORM =
  'haproxy://[user@]host[:port]/path/to/admin.sock?backend=NAME&server={host}-{slot}[&root=/FOLDER][&jump=HOST,...], or map=/FILE&blue=NAME&green=NAME in place of backend=';
const EXAMPLE = 'haproxy://deploy@lb-1.example.com/run/haproxy/admin.sock?backend=web&server={host}-{slot}';
const SHAPE = /^(?<scheme>[A-Za-z][A-Za-z0-9+.-]*):\/\/(?<authority>[^/?#]*)(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?$/;

const PATH_RULE = 'an absolute path of letters, digits and "._+@-"';
const TABLE_RULE = 'letters, digits, ".", "_", ":" and "-"';
const TEMPLATE_RULE = `${TABLE_RULE}, with {host} and {slot}`;

// The names go into a command line of the balancer: nothing that ends or splits a command may pass.
const PARAMETERS = {
  backend: { accepts: (text: string) => /^[\w.:-]+$/.test(text), allowed: TABLE_RULE, example: 'backend=web' },
  server: {
    accepts: (text: string) => /^(?:[\w.:-]|\{host\}|\{slot\})+$/.test(text),
    allowed: TEMPLATE_RULE,
    example: 'server={host}-{slot}',
  },
  map: {
    accepts: (text: string) => isAbsolute(text),
    allowed: PATH_RULE,
    example: 'map=/etc/haproxy/slipway.map',
  },
  blue: { accepts: (text: string) => /^[\w.:-]+$/.test(text), allowed: TABLE_RULE, example: 'blue=be_blue' },
  green: { accepts: (text: string) => /^[\w.:-]+$/.test(text), allowed: TABLE_RULE, example: 'green=be_green' },
  root: { accepts: isRoot, allowed: ROOT_RULE, example: 'root=/opt/slipway' },
  jump: { accepts: isJump, allowed: JUMP_RULE, example: 'jump=ops@jump-1.example.com' },
} as const;

type Parameter = keyof typeof PARAMETERS;
type Parameters = Partial<Record<Parameter, string>>;
type Refuse = (problem: Problem) => void;

/**
 * Reads the `balancer` input of a fleet with that many members and that root; what is wrong with it comes back together.
 */
export function parseBalancer(text: string, members: number, fleetRoot: string): BalancerUri | readonly Problem[] {
  const problems: Problem[] = [];
  const refuse: Refuse = ({ what, ...rest }) => problems.push({ what: `balancer: ${what}`, ...rest });
  const parts = SHAPE.exec(text.trim())?.groups;
  if (parts === undefined) {
    refuse({ what: 'this is no balancer URI.', got: text.trim(), allowed: FORM, fix: EXAMPLE });
    return problems;
  }
  const { scheme = '', authority = '', path = '', query = '' } = parts;
  if (!isScheme(scheme)) {
    refuse({ what: 'there is no such kind of balancer.', got: scheme, allowed: SCHEMES.join(', '), fix: EXAMPLE });
    return problems;
  }
  const place = parseAuthority(authority);
  if ('wrong' in place) refuse({ what: place.wrong, got: authority, allowed: AUTHORITY_FORM, fix: EXAMPLE });
  if (!isAbsolute(path)) {
    refuse({
      what: 'the admin socket cannot be there.',
      got: path,
      allowed: PATH_RULE,
      fix: '/run/haproxy/admin.sock',
    });
  }
  const parameters = readParameters(query, members, refuse);
  const routing = routingOf(parameters, refuse);
  const { server = '', root = fleetRoot, jump } = parameters;
  if ('wrong' in place || routing === undefined || problems.length > 0) return problems;
  const host = { ...place, name: place.address, root, ...(jump === undefined ? {} : { jump: hopsIn(jump) }) };
  return { kind: scheme, host, socket: path, routing, server };
}

/** The backend that a slot's servers are in. */
export function backendFor({ routing }: HaproxyUri, slot: SlotName): string {
  return routing.by === 'server' ? routing.backend : routing[slot];
}

function routingOf({ backend, map, blue, green }: Parameters, refuse: Refuse): HaproxyUri['routing'] | undefined {
  const slots = { map, blue, green };
  const given = Object.values(slots).filter((value) => value !== undefined);
  if (backend !== undefined && given.length === 0) return { by: 'server', backend };
  if (backend === undefined && map !== undefined && blue !== undefined && green !== undefined) {
    if (blue !== green) return { by: 'slot', map, blue, green };
    refuse({ what: 'both slots would be one backend.', got: `blue=${blue}&green=${green}`, allowed: 'two backends' });
  } else if (backend !== undefined) {
    refuse({
      what: 'it names one backend and a map of two.',
      got: `backend=${backend}`,
      allowed: 'the one or the other',
    });
  } else if (given.length === 0) {
    refuse({ what: 'the parameter "backend" is missing.', allowed: TABLE_RULE, fix: PARAMETERS.backend.example });
  } else {
    const missing = (['map', 'blue', 'green'] as const).filter((key) => slots[key] === undefined);
    for (const key of missing) {
      const { allowed, example } = PARAMETERS[key];
      refuse({ what: `the parameter "${key}" is missing.`, allowed, fix: example });
    }
  }
  return undefined;
}

function isAbsolute(path: string): boolean {
  return /^(?:\/[\w.+@-]+)+$/.test(path) && !/\/\.\.?(?:\/|$)/.test(path);
}

/** The balancer's name for a slot of a member. */
export function serverName(template: string, member: string, slot: SlotName): string {
  return template.replaceAll('{host}', () => member).replaceAll('{slot}', () => slot);
}

function readParameters(query: string, members: number, refuse: Refuse): Parameters {
  const given: Parameters = {};
  for (const word of query.split('&').filter((part) => part !== '')) {
    const [key, value] = splitOnce(word);
    if (!isParameter(key)) {
      refuse({ what: 'there is no such parameter.', got: word, allowed: Object.keys(PARAMETERS).join(', ') });
    } else if (given[key] !== undefined) {
      refuse({ what: `the parameter "${key}" is given twice.`, got: word, allowed: 'each parameter once' });
    } else {
      given[key] = value;
      const { accepts, allowed, example } = PARAMETERS[key];
      if (!accepts(value)) refuse({ what: `this ${key} cannot be used.`, got: word, allowed, fix: example });
    }
  }
  if (given.server === undefined) {
    const { allowed, example } = PARAMETERS.server;
    refuse({ what: 'the parameter "server" is missing.', allowed, fix: example });
  }
  if (members > 1 && given.server?.includes('{host}') === false) {
    refuse({
      what: `all ${members} hosts would be one and the same server.`,
      got: `server=${given.server}`,
      allowed: 'a name with {host} in it',
      fix: PARAMETERS.server.example,
    });
  }
  return given;
}

/** Key and decoded value; text that cannot be decoded stays, and is refused for its characters. */
function splitOnce(word: string): readonly [key: string, value: string] {
  const at = word.indexOf('=');
  if (at < 0) return [word, ''];
  const value = word.slice(at + 1);
  try {
    return [word.slice(0, at), decodeURIComponent(value)];
  } catch {
    return [word.slice(0, at), value];
  }
}

function isScheme(scheme: string): scheme is BalancerUri['kind'] {
  return SCHEMES.some((known) => known === scheme);
}

function isParameter(key: string): key is Parameter {
  return Object.hasOwn(PARAMETERS, key);
}
