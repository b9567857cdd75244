import type { Argv, Exec } from '@slipway/effects/exec';
import { readTextIfThere } from '@slipway/effects/files';
import { formatDuration } from '@slipway/kernel/duration';
import type { Problem } from '@slipway/kernel/errors';
import { isArrayOf, isString, parseJson } from '@slipway/kernel/json';
import { lastLines } from '../ssh/failure.ts';

/** Where an inventory comes from. */
export type InventorySource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'program'; readonly argv: Argv };

export interface InventoryText {
  readonly text: string;
  /** What it is called in problems. */
  readonly name: string;
}

const PROGRAM_MS = 60_000;
const FORM = 'the path of a YAML or JSON file, or `exec:` and a program with its arguments';

/** Reads the `inventory` input: a path, `exec: program argument ...`, or `exec: ["program", "argument"]`. */
export function parseSource(text: string): InventorySource | Problem {
  const program = /^exec:(.*)$/s.exec(text.trim())?.[1]?.trim();
  if (program === undefined) return { kind: 'file', path: text.trim() };
  const words = program.startsWith('[') ? parseJson(program) : program.split(/\s+/);
  if (isArrayOf(words, isString)) {
    const [first = '', ...rest] = words;
    if (first !== '') return { kind: 'program', argv: [first, ...rest] };
  }
  return {
    what: 'inventory: there is no program to run.',
    got: text.trim(),
    allowed: `${FORM}; words with blanks as a JSON list`,
    fix: 'inventory: "exec: bin/hosts --environment production"',
  };
}

/** Reads the file, or runs the program: no shell, and what it prints is the inventory. */
export async function readSource(
  source: InventorySource,
  { exec, signal }: { readonly exec: Exec; readonly signal: AbortSignal },
): Promise<InventoryText | Problem> {
  if (source.kind === 'file') {
    const text = await readTextIfThere(source.path);
    if (text !== undefined) return { text, name: `inventory ${source.path}` };
    return { what: `inventory: there is no file ${source.path}.`, allowed: FORM, fix: 'inventory: hosts.yml' };
  }
  const { argv } = source;
  const { code, stdout, stderr, timedOut } = await exec.run({ argv, timeoutMs: PROGRAM_MS, signal });
  if (code === 0) return { text: stdout, name: `inventory of ${argv[0]}` };
  return {
    what: timedOut
      ? `inventory: ${argv[0]} did not end within ${formatDuration(PROGRAM_MS)}.`
      : `inventory: ${argv[0]} ended with status ${code ?? 'none'}.`,
    got: lastLines(stderr, 10).join('\n           ') || 'no words on stderr',
    fix: argv.join(' '),
  };
}
