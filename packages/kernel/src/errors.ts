/** One thing that is wrong with what the user gave. `fix` is the line to write or the command to run next. */
export interface Problem {
  readonly what: string;
  readonly got?: string;
  readonly allowed?: string;
  readonly fix?: string;
}

/**
 * An error that the user can act on: printed without a stack. Everything else that is thrown is a bug of ours and
 * keeps its stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly problems: readonly Problem[];

  constructor(problems: Problem | readonly Problem[], options?: ErrorOptions) {
    const list = isList(problems) ? problems : [problems];
    super(list.map(describeProblem).join('\n'), options);
    this.problems = list;
  }
}

/** The value, or a UserError with what is wrong with it. */
export function orThrow<T extends object>(result: T | Problem | readonly Problem[]): T {
  if (isProblems(result) || 'what' in result) throw new UserError(result);
  return result;
}

/** Throws when anything is wrong. */
export function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new UserError(problems);
}

/** Shorthand for the common case of one sentence and, if there is one, the next command. */
export function userError(what: string, fix?: string, cause?: unknown): UserError {
  const problem = fix === undefined ? { what } : { what, fix };
  return cause === undefined ? new UserError(problem) : new UserError(problem, { cause });
}

export function describeProblem(problem: Problem): string {
  const lines = [problem.what];
  if (problem.got !== undefined) lines.push(`  got:     ${problem.got}`);
  if (problem.allowed !== undefined) lines.push(`  allowed: ${problem.allowed}`);
  if (problem.fix !== undefined) lines.push(indentAfterFirst(`  fix:     ${problem.fix}`));
  return lines.join('\n');
}

/** Tells a value that was read from the list of what is wrong with its text; the value itself is never an array. */
export function isProblems(result: object): result is readonly Problem[] {
  return Array.isArray(result);
}

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function isList(problems: Problem | readonly Problem[]): problems is readonly Problem[] {
  return Array.isArray(problems);
}

function indentAfterFirst(text: string): string {
  return text.replaceAll('\n', '\n           ');
}
