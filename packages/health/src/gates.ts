import { parseDuration } from '@slipway/kernel/duration';
import type { Problem } from '@slipway/kernel/errors';

/** What a release has to keep while users get it. `text` is the line that asked for it. */
export type Gate = { readonly text: string } & (
  | {
      /** Failed answers of the new side, seen by the balancer: at most so many percent of at least so many requests. */
      readonly kind: 'errors';
      readonly most: number;
      readonly atLeast: number;
    }
  | {
      /** The mean time of an answer of the new side, seen by the balancer, in milliseconds. */
      readonly kind: 'time';
      readonly most: number;
      readonly atLeast: number;
    }
  | {
      /** A query of Prometheus with one number as its answer; `{slot}` and `{version}` are filled in. */
      readonly kind: 'prometheus';
      readonly url: string;
      readonly query: string;
      readonly compare: '<=' | '>=';
      readonly bound: Bound;
    }
  | {
      /** A program here: JSON on stdin; status 0 passes, 1 breaks, anything else is no verdict. */
      readonly kind: 'command';
      readonly argv: readonly [string, ...string[]];
    }
);

/** A number, or so many times what the same query says of the side that served before. */
export type Bound =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'stable'; readonly factor: number };

const AT_LEAST = 20;
const FORMS = [
  'errors <= 1% of 50',
  'time <= 300ms of 50',
  'prometheus http://prometheus:9090 <= 0.01 : QUERY',
  'prometheus http://prometheus:9090 <= 1.5x : QUERY with {slot}',
  'command ./gate.sh ARGUMENT',
];

/** Reads the lines of the `gates` input; all that is wrong comes together. */
export function parseGates(lines: readonly string[]): readonly Gate[] | { readonly problems: readonly Problem[] } {
  const read = lines.map((line) => ({ line, gate: parseGate(line.trim()) }));
  const wrong = read.filter(({ gate }) => gate === undefined);
  if (wrong.length === 0) return read.flatMap(({ gate }) => gate ?? []);
  const problems = wrong.map(({ line }): Problem => {
    return { what: 'gates: this line cannot be read.', got: line, allowed: FORMS.join('\n'), fix: FORMS[0] ?? '' };
  });
  return { problems };
}

function parseGate(text: string): Gate | undefined {
  const [word = ''] = text.split(/\s/, 1);
  const rest = text.slice(word.length).trim();
  if (word === 'errors' || word === 'time') return parseFigure(word, rest, text);
  if (word === 'prometheus') return parsePrometheus(rest, text);
  if (word !== 'command') return undefined;
  const [program, ...more] = rest.split(/\s+/);
  return program === undefined || program === '' ? undefined : { kind: 'command', argv: [program, ...more], text };
}

function parseFigure(kind: 'errors' | 'time', rest: string, text: string): Gate | undefined {
  const [, bound = '', count] = /^<=\s*(\S+)(?:\s+of\s+(\d+))?$/.exec(rest) ?? [];
  const most = kind === 'time' ? parseDuration(bound) : percentIn(bound);
  const atLeast = count === undefined ? AT_LEAST : Number(count);
  return most === undefined || atLeast < 1 ? undefined : { kind, most, atLeast, text };
}

function percentIn(text: string): number | undefined {
  const value = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  return value === undefined || Number(value) > 100 ? undefined : Number(value);
}

function parsePrometheus(rest: string, text: string): Gate | undefined {
  const parts =
    /^(?<url>https?:\/\/\S+)\s+(?<compare><=|>=)\s*(?<number>\d+(?:\.\d+)?)(?<stable>x?)\s+:\s+(?<query>.+)$/s.exec(
      rest,
    )?.groups;
  if (parts === undefined) return undefined;
  const { url = '', compare, number, stable, query = '' } = parts;
  if (stable === 'x' && !query.includes('{slot}') && !query.includes('{version}')) return undefined;
  const value = Number(number);
  return {
    kind: 'prometheus',
    url: url.replace(/\/+$/, ''),
    query,
    compare: compare === '>=' ? '>=' : '<=',
    bound: stable === 'x' ? { kind: 'stable', factor: value } : { kind: 'number', value },
    text,
  };
}
