import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ActionFile, actionFileOf, readActionFile } from './action-file.ts';
import { evaluateDefault, type GithubContext, inputVariable } from './environment.ts';
import type { StepResult } from './step.ts';

export interface StepOptions {
  /** The name of one of our actions, or a script of a test: JavaScript, or TypeScript that imports our packages. */
  readonly action: string | ScriptAction;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  /** `env:` of the step. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface ScriptAction {
  readonly pre?: string;
  readonly main: string;
  readonly post?: string;
  readonly inputs?: Readonly<Record<string, { readonly default?: string }>>;
}

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

export function resolveAction(given: string | ScriptAction, code: 'dist' | 'source'): ActionFile {
  if (typeof given !== 'string') {
    const inputs: ActionFile['inputs'] = Object.fromEntries(
      Object.entries(given.inputs ?? {}).map(([name, input]) => [name, { required: false, ...input }]),
    );
    return { ...given, name: given.main, inputs, outputs: [], using: 'node24', postIf: 'always()' };
  }
  const action = { ...readActionFile(actionFileOf(ROOT, given)), name: given };
  const source = (script: string): string => join(ROOT, 'actions', given, 'src', script);
  if (code === 'source') {
    return { ...action, main: source('main.ts'), ...(action.post === undefined ? {} : { post: source('post.ts') }) };
  }
  if (!existsSync(action.main)) throw new Error(`${action.main} is missing; run: npm run build`);
  return action;
}

/** The inputs that are given, then the defaults of the others: an input without one is an empty variable. */
export function inputVariables(action: ActionFile, step: StepOptions, context: GithubContext): Record<string, string> {
  const defaults = Object.entries(action.inputs).map(([name, input]) => [
    inputVariable(name),
    evaluateDefault(input.default ?? '', context),
  ]);
  const given = Object.entries(step.with ?? {}).map(([name, value]) => [inputVariable(name), String(value)]);
  return Object.fromEntries([...defaults, ...given]) as Record<string, string>;
}

export function unexpectedInputs(action: ActionFile, step: StepOptions): readonly string[] {
  const known = new Set(Object.keys(action.inputs).map((name) => name.toLowerCase()));
  const unexpected = Object.keys(step.with ?? {}).filter((name) => !known.has(name.toLowerCase()));
  if (unexpected.length === 0) return [];
  const valid = Object.keys(action.inputs).join("', '");
  return [`Unexpected input(s) '${unexpected.join("', '")}', valid inputs are ['${valid}']`];
}

export function isDue(condition: string, before: readonly StepResult[]): boolean {
  const failed = before.some(({ outcome }) => outcome === 'failure');
  const cancelled = before.some(({ outcome }) => outcome === 'cancelled');
  if (condition === 'always()') return true;
  if (condition === 'success()') return !failed && !cancelled;
  if (condition === 'failure()') return failed;
  if (condition === 'cancelled()') return cancelled;
  throw new Error(`the emulator cannot evaluate post-if: ${condition}`);
}
