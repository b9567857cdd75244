import { type Amount, parseAmount } from '@slipway/kernel/amount';
import { parseDuration } from '@slipway/kernel/duration';
import { isName, isVersion, NAME_RULE, VERSION_RULE } from '@slipway/kernel/names';

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };

/** How the text of an input becomes a value. Types are values, so that a room can add its own. */
export interface InputType<T> {
  /** One or two words, for the README's table. */
  readonly name: string;
  /** What may be written, for people. */
  readonly allowed: string;
  /** The value as it is written in YAML, for the line to write when the input has no example of its own. */
  readonly yamlExample: string;
  /** Reads a text that is not blank. */
  parse(text: string): Parsed<T>;
}

export const text: InputType<string> = {
  name: 'text',
  allowed: 'a text',
  yamlExample: 'some text',
  parse: (raw) => valid(raw.trim()),
};

export const name: InputType<string> = {
  name: 'name',
  allowed: NAME_RULE,
  yamlExample: 'shop',
  parse: (raw) => validIf(isName(raw.trim()), raw.trim()),
};

export const version: InputType<string> = {
  name: 'version',
  allowed: VERSION_RULE,
  yamlExample: '1.4.2',
  parse: (raw) => validIf(isVersion(raw.trim()), raw.trim()),
};

/** The booleans of YAML 1.2, nothing else: `yes` and `on` mean different things to different readers. */
export const flag: InputType<boolean> = {
  name: 'flag',
  allowed: 'true or false',
  yamlExample: 'true',
  parse(raw) {
    if (/^(true|True|TRUE)$/.test(raw.trim())) return valid(true);
    return validIf(/^(false|False|FALSE)$/.test(raw.trim()), false);
  },
};

/** A whole number from `min` to `max`, both included. */
export function integer(min: number, max: number): InputType<number> {
  return {
    name: 'number',
    allowed: `a whole number from ${min} to ${max}`,
    yamlExample: String(min),
    parse(raw) {
      const value = Number(raw.trim());
      return validIf(/^-?\d{1,15}$/.test(raw.trim()) && value >= min && value <= max, value);
    },
  };
}

/** Milliseconds. */
export const duration: InputType<number> = {
  name: 'duration',
  allowed: 'a duration like 500ms, 30s, 5m or 1h30m',
  yamlExample: '30s',
  parse: (raw) => defined(parseDuration(raw)),
};

export const amount: InputType<Amount> = {
  name: 'amount',
  allowed: 'a number of members like 2, or a share from 0% to 100%',
  yamlExample: '25%',
  parse: (raw) => defined(parseAmount(raw)),
};

/** Amounts in their order, at least one. */
export const amounts: InputType<readonly [Amount, ...Amount[]]> = {
  name: 'amounts',
  allowed: 'numbers of members like 2, or shares from 0% to 100%, one a line or separated by commas',
  yamlExample: '1, 25%',
  parse(raw) {
    const entries = list.parse(raw);
    const read = entries.ok ? entries.value.map(parseAmount) : [];
    const [first, ...more] = read.flatMap((each) => each ?? []);
    return first !== undefined && more.length === read.length - 1 ? valid([first, ...more]) : { ok: false };
  },
};

/** One of the words given; the value has exactly their type. */
export function choice<const C extends readonly [string, ...string[]]>(...words: C): InputType<C[number]> {
  return {
    name: words.map((word) => `\`${word}\``).join(', '),
    allowed: words.join(', '),
    yamlExample: words[0],
    parse: (raw) => defined(words.find((word) => word === raw.trim())),
  };
}

/** One entry a line; blank lines do not count. */
export const lines: InputType<readonly string[]> = {
  name: 'lines',
  allowed: 'one entry a line, at least one',
  yamlExample: '|\n  first\n  second',
  parse: (raw) => someOf(raw.split(/\r\n|\r|\n/)),
};

/** Entries one a line or separated by commas. */
export const list: InputType<readonly string[]> = {
  name: 'list',
  allowed: 'one entry a line or separated by commas, at least one',
  yamlExample: 'first, second',
  parse: (raw) => someOf(raw.split(/\r\n|\r|\n|,/)),
};

export const path: InputType<string> = {
  name: 'path',
  allowed: 'a path',
  yamlExample: 'some/folder',
  parse: (raw) => validIf(!/[\0\r\n]/.test(raw.trim()), raw.trim()),
};

/** A text that is kept to the last byte: keys need their final line end. */
export const secretText: InputType<string> = {
  name: 'secret',
  allowed: 'a secret text',
  yamlExample: '${{ secrets.NAME }}',
  parse: valid,
};

export const json: InputType<unknown> = {
  name: 'JSON',
  allowed: 'JSON',
  yamlExample: '\'{"key": "value"}\'',
  parse(raw) {
    try {
      return valid(JSON.parse(raw) as unknown);
    } catch {
      return { ok: false };
    }
  },
};

function valid<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

function validIf<T>(condition: boolean, value: T): Parsed<T> {
  return condition ? valid(value) : { ok: false };
}

function defined<T>(value: T | undefined): Parsed<T> {
  return value === undefined ? { ok: false } : valid(value);
}

function someOf(entries: readonly string[]): Parsed<readonly string[]> {
  const kept = entries.map((entry) => entry.trim()).filter((entry) => entry !== '');
  return validIf(kept.length > 0, kept);
}
