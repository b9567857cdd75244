import { canonicalJson, isArrayOf, isObject, isString, type JsonObject } from '@slipway/kernel/json';
import { lineDifferences } from './line-differences.ts';

const LONGEST_VALUE = 160;
/** Texts that would be taken for something else, as in YAML. */
const NEEDS_QUOTES = /\n|: | #|^\s|\s$|^$|^[-+.\d]+$|^(?:true|false|null|yes|no|on|off|~)$/i;

/** What of a Secret is content: only that it changes may be told. */
const SECRET_CONTENT = new Set(['data', 'stringData']);

/**
 * What an object would look like, against what it is: `- path: before` and `+ path: after`, one leaf a line, texts of
 * several lines by their lines. Content of Secrets is never in it.
 */
export function differences(before: JsonObject | undefined, after: JsonObject | undefined): readonly string[] {
  const isSecret = (after ?? before)?.kind === 'Secret';
  const keys = keysOf(before, after);
  return keys.flatMap((key) =>
    isSecret && SECRET_CONTENT.has(key)
      ? secretLines(key, before?.[key], after?.[key])
      : lines(key, before?.[key], after?.[key]),
  );
}

function lines(path: string, before: unknown, after: unknown): readonly string[] {
  if (canonicalJson(before ?? null) === canonicalJson(after ?? null)) return [];
  if (isMap(before) && isMap(after)) return mapLines(before ?? {}, after ?? {}, (key) => child(path, key));
  const named = namedItems(before, after);
  if (named !== undefined) return mapLines(named.before, named.after, (name) => `${path}[${name}]`);
  if (isString(before) && isString(after) && (before.includes('\n') || after.includes('\n'))) {
    return [`  ${path}:`, ...lineDifferences(before, after)];
  }
  return [...leaf('-', path, before), ...leaf('+', path, after)];
}

function mapLines(before: JsonObject, after: JsonObject, pathOf: (key: string) => string): readonly string[] {
  return keysOf(before, after).flatMap((key) => lines(pathOf(key), before[key], after[key]));
}

/** An object, or nothing where the other side has one. */
function isMap(value: unknown): value is JsonObject | undefined {
  return value === undefined || (isObject(value) && Object.keys(value).length > 0);
}

interface Items {
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** Lists whose items all have names of their own, such as containers and variables, are compared by these. */
function namedItems(before: unknown, after: unknown): Items | undefined {
  const [old, young] = [byName(before), byName(after)];
  return old === undefined || young === undefined ? undefined : { before: old, after: young };
}

function byName(list: unknown): JsonObject | undefined {
  if (list === undefined) return {};
  if (!isArrayOf(list, isObject) || list.length === 0) return undefined;
  const names = list.map(({ name }) => name);
  if (!isArrayOf(names, isString) || new Set(names).size < names.length) return undefined;
  return Object.fromEntries(list.map(({ name: _name, ...item }, index) => [names[index] ?? '', item]));
}

function leaf(sign: '-' | '+', path: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  const text = isString(value) && !NEEDS_QUOTES.test(value) ? value : JSON.stringify(value);
  return [`${sign} ${path}: ${text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}...` : text}`];
}

function secretLines(path: string, before: unknown, after: unknown): readonly string[] {
  const [old, young] = [before, after].map((content) => (isObject(content) ? content : {}));
  return keysOf(old, young).flatMap((key) => {
    const [was, is] = [old?.[key], young?.[key]];
    if (was === is) return [];
    const word = was === undefined ? '+' : is === undefined ? '-' : '~';
    return [`${word} ${child(path, key)}: (${{ '+': 'new', '-': 'removed', '~': 'changed' }[word]}, not shown)`];
  });
}

function child(path: string, key: string): string {
  return /^[\w-]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

function keysOf(before: JsonObject | undefined, after: JsonObject | undefined): readonly string[] {
  return [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].toSorted();
}
