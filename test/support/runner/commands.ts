/** A workflow command, as the runner reads it from a line of output. */
export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** What the runner obeys on an ordinary step (ActionCommandManager.cs), besides `stop-commands` and its token. */
export const COMMANDS: readonly string[] = [
  'set-env',
  'set-output',
  'save-state',
  'add-mask',
  'add-path',
  'add-matcher',
  'remove-matcher',
  'debug',
  'warning',
  'error',
  'notice',
  'group',
  'endgroup',
  'echo',
];

const DATA = { '%0D': '\r', '%0A': '\n', '%25': '%' };
const PROPERTY = { '%0D': '\r', '%0A': '\n', '%3A': ':', '%2C': ',', '%25': '%' };
const OLD_FORM = { '%3B': ';', '%0D': '\r', '%0A': '\n', '%5D': ']', '%25': '%' };
/** What .NET's TrimStart takes away. */
const LEADING_SPACE = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** ActionCommand.cs: `::name key=value::data` at the start of a line, or the old `##[name key=value]data` anywhere. */
export function parseCommand(line: string, registered: ReadonlySet<string>): Command | undefined {
  return parseNew(line.replace(LEADING_SPACE, ''), registered) ?? parseOld(line, registered);
}

function parseNew(line: string, registered: ReadonlySet<string>): Command | undefined {
  const end = line.indexOf('::', 2);
  if (!line.startsWith('::') || end < 0) return undefined;
  return command(line.slice(2, end), line.slice(end + 2), registered, { separator: ',', PROPERTY, DATA });
}

function parseOld(line: string, registered: ReadonlySet<string>): Command | undefined {
  const start = line.indexOf('##[');
  const end = start < 0 ? -1 : line.indexOf(']', start);
  if (end < 0) return undefined;
  const form = { separator: ';', PROPERTY: OLD_FORM, DATA: OLD_FORM };
  return command(line.slice(start + 3, end), line.slice(end + 1), registered, form);
}

interface Form {
  readonly separator: string;
  readonly PROPERTY: Readonly<Record<string, string>>;
  readonly DATA: Readonly<Record<string, string>>;
}

function command(info: string, data: string, registered: ReadonlySet<string>, form: Form): Command | undefined {
  const [given = ''] = info.split(' ', 1);
  const name = given.toLowerCase();
  if (!registered.has(name)) return undefined;
  const pairs = info
    .slice(given.length)
    .trim()
    .split(form.separator)
    .map((pair) => /^([^=]+)=(.+)$/s.exec(pair))
    .filter((match) => match !== null)
    .map(([, key = '', value = '']) => [key, unescaped(value, form.PROPERTY)]);
  return { name, properties: Object.fromEntries(pairs) as Record<string, string>, data: unescaped(data, form.DATA) };
}

/** One replacement after the other, `%25` last, as the runner does it. */
function unescaped(text: string, mapping: Readonly<Record<string, string>>): string {
  return Object.entries(mapping).reduce((done, [escaped, letter]) => done.replaceAll(escaped, letter), text);
}

/** Cuts a stream of text into lines as .NET's StreamReader does: at LF, CRLF, and at a CR alone. */
export function lineSplitter(onLine: (line: string) => void): { push(text: string): void; end(): void } {
  let rest = '';
  return {
    push(text) {
      // A CR at the end may be half of a CRLF: it waits for the next piece.
      const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    },
    end() {
      if (rest !== '') onLine(rest.replace(/\r$/, ''));
      rest = '';
    },
  };
}
