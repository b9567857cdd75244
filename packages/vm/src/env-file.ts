import { createHmac } from 'node:crypto';
import type { Problem } from '@slipway/kernel/errors';

/** The variables of a service, sorted by name. Their values are secrets: they are in no problem and no log. */
export interface EnvFile {
  readonly variables: readonly (readonly [name: string, value: string])[];
}

const ENTRY = /^\s*(?:export\s+)?([^\s=]+)\s*=[^\S\n]*/;
/** The rest of a line, with its end. */
const NOTHING = /^\s*(?:#.*)?\n?$/;
/** Names that some shell refuses to be told: reading them would end it. */
const SHELL_OWN = new Set(
  'BASHOPTS BASH_VERSINFO EUID FUNCNAME GROUPS IFS LINENO OPTIND PPID SHELLOPTS UID'.split(' '),
);
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/**
 * Reads the `env-file` input, lines of dotenv: `NAME=value`, `'...'` as it is, `"..."` with \n, \r, \t, \", \\ and \$;
 * both quotes may go over lines; ` #` begins a comment. Nothing is filled in: `$` is a dollar sign.
 * `taken`: names that the service gets from us. What is wrong in any line comes back together.
 */
export function parseEnvFile(text: string, taken: readonly string[] = []): EnvFile | readonly Problem[] {
  const problems: Problem[] = [];
  const found = new Map<string, string>();
  let rest = text.replaceAll(/\r\n?/g, '\n').replace(/^\uFEFF/, '');
  let line = 1;
  while (rest !== '') {
    const { length, entry, wrong } = readEntry(rest);
    const refuse = (what: string): number => problems.push({ what: `env-file, line ${line}: ${what}`, ...EXPECTED });
    if (wrong !== undefined) refuse(wrong);
    if (entry !== undefined) {
      const [name, value] = entry;
      const bad = objection(name, value, taken) ?? (found.has(name) ? `${name} is given twice.` : undefined);
      if (bad !== undefined) refuse(bad);
      found.set(name, value);
    }
    line += rest.slice(0, length).split('\n').length - 1;
    rest = rest.slice(length);
  }
  return problems.length > 0 ? problems : { variables: [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)) };
}

/** Lines that a POSIX shell and systemd's `EnvironmentFile=` read alike. */
export function formatVariables({ variables }: EnvFile): string {
  return variables.map(([name, value]) => `${name}="${value.replaceAll(/["\\$`]/g, '\\$&')}"\n`).join('');
}

/** What names a configuration: a plain digest of few secret words could be guessed. */
export function configId(text: string, key: string): string {
  return createHmac('sha256', key).update(text).digest('hex').slice(0, 32);
}

const EXPECTED = { allowed: 'NAME=value, a comment behind "#", or nothing', fix: "DATABASE_URL='postgres://...'" };

interface Read {
  /** How much of the text it takes, its line end included. */
  readonly length: number;
  readonly entry?: readonly [name: string, value: string];
  readonly wrong?: string;
}

function readEntry(text: string): Read {
  const end = text.indexOf('\n') < 0 ? text.length : text.indexOf('\n') + 1;
  const first = text.slice(0, end);
  if (NOTHING.test(first)) return { length: end };
  const [head, name] = ENTRY.exec(first) ?? [];
  if (head === undefined || name === undefined) return { length: end, wrong: 'there is no "NAME=" in it.' };
  const quote = first[head.length];
  if (quote !== '"' && quote !== "'") return { length: end, entry: [name, bare(first.slice(head.length))] };
  const body = (quote === '"' ? /^"((?:[^"\\]|\\[\s\S])*)"/ : /^'([^']*)'/).exec(text.slice(head.length));
  if (body === null) return { length: end, wrong: `the ${quote} of ${name} is never closed.` };
  const after = head.length + body[0].length;
  const [tail = ''] = /^[^\n]*\n?/.exec(text.slice(after)) ?? [];
  const length = after + tail.length;
  if (!NOTHING.test(tail)) return { length, wrong: `something stands behind the closing ${quote} of ${name}.` };
  return { length, entry: [name, quote === '"' ? unescaped(body[1] ?? '') : (body[1] ?? '')] };
}

function bare(text: string): string {
  return text.replace(/(^|\s)#.*$/s, '').trim();
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([\s\S])/g, (whole, letter: string) =>
    /["\\$`]/.test(letter) ? letter : (ESCAPES[letter] ?? whole),
  );
}

function objection(name: string, value: string, taken: readonly string[]): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return 'what stands before "=" is no name of a variable.';
  if (SHELL_OWN.has(name)) return `${name} belongs to the shell.`;
  if (name.startsWith('SLIPWAY_') || taken.includes(name)) return `${name} is set by Slipway itself.`;
  return value.includes('\0') ? `the value of ${name} has a zero byte.` : undefined;
}
