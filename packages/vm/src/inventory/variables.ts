import { closest } from '@slipway/kernel/closest';
import type { Problem } from '@slipway/kernel/errors';
import { isName, NAME_RULE } from '@slipway/kernel/names';
import { AUTHORITY_FORM, type Authority, isPort, parseAuthority } from '../authority.ts';
import { isRoot, ROOT_RULE } from '../hosts.ts';
import { parseJump } from '../jump.ts';
import type { Located } from './located.ts';

/** What may be said of a host, of a group for its hosts, or of all hosts. */
export interface Variables {
  readonly address?: string;
  readonly user?: string;
  readonly port?: number;
  readonly root?: string;
  readonly 'service-port'?: number;
  readonly jump?: readonly Authority[];
  readonly labels?: Readonly<Record<string, string>>;
}

export type Refuse = (line: number, problem: Problem) => void;

type Name = keyof Variables;
type Read<T> = { readonly value: T } | { readonly wrong: string; readonly allowed: string };
type Readers = { readonly [K in Name]-?: (located: Located) => Read<NonNullable<Variables[K]>> };

const TEXT = 'a text';
const LABEL_VALUE = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

const READERS: Readers = {
  address: (located) => readText(located, isAddress, 'a host name or an address'),
  user: (located) => readText(located, (text) => !('wrong' in parseAuthority(`${text}@host`)), 'a user name'),
  port: readPort,
  root: (located) => readText(located, isRoot, ROOT_RULE),
  'service-port': readPort,
  jump: readJump,
  labels: readLabels,
};

const NAMES = Object.keys(READERS) as readonly Name[];

/** Reads a map of variables; `known` gives the variable that a key means, or undefined for one that is none of ours. */
export function readVariables(
  located: Located | undefined,
  refuse: Refuse,
  known: (key: string, line: number) => string | undefined = (key) => key,
): Variables {
  if (located === undefined || isNothing(located)) return {};
  if (located.kind !== 'map') {
    refuse(located.line, { what: 'here stands a map of variables.', got: shown(located), allowed: NAMES.join(', ') });
    return {};
  }
  const variables: Partial<Record<Name, unknown>> = {};
  for (const { key, line, value } of located.entries) {
    const name = known(key, line);
    if (name === undefined) continue;
    if (!isVariable(name)) {
      refuse(line, unknownVariable(key));
      continue;
    }
    const read = READERS[name](value);
    if ('value' in read) variables[name] = read.value;
    else refuse(value.line, { what: `this ${key} cannot be used.`, got: read.wrong, allowed: read.allowed });
  }
  // Each value is what the reader of its name gave.
  return variables as Variables;
}

/** A name of a host or group; refuses what cannot be one. */
export function readName(text: string, line: number, what: string, refuse: Refuse): string | undefined {
  if (isName(text)) return text;
  refuse(line, { what: `this cannot be the name of a ${what}.`, got: text, allowed: NAME_RULE });
  return undefined;
}

/** What stands there, in a few characters. */
export function shown(located: Located): string {
  if (located.kind !== 'scalar') return located.kind === 'map' ? 'a map' : 'a list';
  return located.value === null ? 'nothing' : JSON.stringify(located.value).slice(0, 80);
}

export function isNothing(located: Located): boolean {
  return located.kind === 'scalar' && located.value === null;
}

function unknownVariable(key: string): Problem {
  const near = closest(key, NAMES);
  const what = `there is no variable "${key}".`;
  return { what, allowed: NAMES.join(', '), ...(near === undefined ? {} : { fix: `${near}: ...` }) };
}

function readText(located: Located, accepts: (text: string) => boolean, allowed: string): Read<string> {
  if (located.kind !== 'scalar' || typeof located.value !== 'string') return { wrong: shown(located), allowed: TEXT };
  return accepts(located.value) ? { value: located.value } : { wrong: located.value, allowed };
}

function readPort(located: Located): Read<number> {
  const text = located.kind === 'scalar' ? String(located.value) : '';
  return isPort(text) ? { value: Number(text) } : { wrong: shown(located), allowed: '1 to 65535' };
}

/** One text as in the `jump` input, or a list of them. */
function readJump(located: Located): Read<readonly Authority[]> {
  const items = located.kind === 'list' ? located.items : [located];
  const texts = items.flatMap((item) =>
    item.kind === 'scalar' && typeof item.value === 'string' ? item.value.split(',') : [],
  );
  const wrong = items.find((item) => item.kind !== 'scalar' || typeof item.value !== 'string');
  if (wrong !== undefined) return { wrong: shown(wrong), allowed: `none, or a list of ${AUTHORITY_FORM}` };
  const jump = parseJump(texts);
  return 'wrong' in jump ? { wrong: `${jump.got}: ${jump.wrong}`, allowed: AUTHORITY_FORM } : { value: jump.hops };
}

function readLabels(located: Located): Read<Readonly<Record<string, string>>> {
  if (located.kind !== 'map') return { wrong: shown(located), allowed: 'a map like { role: web, zone: a }' };
  const labels: Record<string, string> = {};
  for (const { key, value } of located.entries) {
    const text = value.kind === 'scalar' ? String(value.value) : '';
    if (!isName(key) || key === 'name') return { wrong: `the label "${key}"`, allowed: `${NAME_RULE}; not "name"` };
    if (!LABEL_VALUE.test(text)) return { wrong: `${key}: ${shown(value)}`, allowed: NAME_RULE };
    labels[key] = text;
  }
  return { value: labels };
}

function isAddress(text: string): boolean {
  const read = parseAuthority(text.includes(':') && !text.startsWith('[') ? `[${text}]` : text);
  return !('wrong' in read) && read.user === undefined && read.port === undefined && !text.startsWith('[');
}

function isVariable(name: string): name is Name {
  return Object.hasOwn(READERS, name);
}
