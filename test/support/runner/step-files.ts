import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The runner's own message limit for a summary, in bytes. */
export const SUMMARY_LIMIT = 1024 * 1024;

/** What a step wrote into its files. A file that cannot be read keeps what came before its bad line. */
export interface Written {
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly path: readonly string[];
  readonly summary?: string;
  /** Each fails the step. */
  readonly failures: readonly string[];
  /** Each is an error annotation and nothing else. */
  readonly complaints: readonly string[];
}

const FILES = {
  GITHUB_OUTPUT: 'set_output',
  GITHUB_STATE: 'save_state',
  GITHUB_ENV: 'set_env',
  GITHUB_PATH: 'add_path',
  GITHUB_STEP_SUMMARY: 'step_summary',
} as const;

/** Fresh files for one stage of one step: the variables that name them, and what they hold afterwards. */
export function createStepFiles(folder: string): { variables: Record<keyof typeof FILES, string>; read(): Written } {
  mkdirSync(folder, { recursive: true });
  const entries = Object.entries(FILES).map(([variable, name]) => [variable, join(folder, name)] as const);
  const variables = Object.fromEntries(entries) as Record<keyof typeof FILES, string>;
  for (const path of Object.values(variables)) writeFileSync(path, '');
  return {
    variables,
    read() {
      const written = readWritten(variables);
      rmSync(folder, { recursive: true, force: true });
      return written;
    },
  };
}

function readWritten(files: Readonly<Record<keyof typeof FILES, string>>): Written {
  const failures: string[] = [];
  const complaints: string[] = [];
  const outputs = pairs(files.GITHUB_OUTPUT, 'output', failures);
  const state = pairs(files.GITHUB_STATE, 'state', failures);
  const env = pairs(files.GITHUB_ENV, 'env', failures).filter(([key]) => {
    const refused = key.toUpperCase() === 'NODE_OPTIONS';
    if (refused) complaints.push("Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.");
    return !refused;
  });
  const path = readFileSync(files.GITHUB_PATH, 'utf8').split(/\r?\n/).filter(Boolean);
  const bytes = statSync(files.GITHUB_STEP_SUMMARY).size;
  const tooLong = bytes > SUMMARY_LIMIT;
  if (tooLong) {
    const sizes = `supports content up to a size of ${SUMMARY_LIMIT / 1024}k, got ${Math.floor(bytes / 1024)}k`;
    complaints.push(`$GITHUB_STEP_SUMMARY upload aborted, ${sizes}.`);
  }
  return {
    outputs: Object.fromEntries(outputs),
    state: Object.fromEntries(state),
    env: Object.fromEntries(env),
    path,
    ...(bytes > 0 && !tooLong ? { summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8') } : {}),
    failures,
    complaints,
  };
}

function pairs(file: string, name: string, failures: string[]): readonly (readonly [string, string])[] {
  const read: (readonly [string, string])[] = [];
  try {
    for (const pair of parsePairs(readFileSync(file, 'utf8'))) {
      if (pair[0] === '') throw new Error('Value cannot be null or empty. (Parameter name)');
      read.push(pair);
    }
  } catch (cause) {
    failures.push(`Unable to process file command '${name}' successfully.`, (cause as Error).message);
  }
  return read;
}

/** EnvFileKeyValuePairs in FileCommandManager.cs: `k=v`, or `k<<DELIMITER`, lines, `DELIMITER`. */
export function* parsePairs(text: string): Generator<readonly [string, string]> {
  const lines = text.split('\n');
  // A text that ends with a line end has no further line.
  if (lines.at(-1) === '') lines.pop();
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      yield [line.slice(0, equals), line.slice(equals + 1)];
      continue;
    }
    const [key, delimiter] = [line.slice(0, heredoc), line.slice(heredoc + 2)];
    if (heredoc < 0) throw new Error(`Invalid format '${line}'`);
    if (key === '' || delimiter === '') {
      throw new Error(`Invalid format '${line}'. Name must not be empty and delimiter must not be empty`);
    }
    const end = lines.indexOf(delimiter, index + 1);
    if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`);
    yield [key, lines.slice(index + 1, end).join('\n')];
    index = end;
  }
}
