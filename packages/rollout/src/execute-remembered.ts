import { UserError } from '@slipway/kernel/errors';
import { type ExecuteOptions, execute } from './execute.ts';
import type { Result } from './result.ts';

/** Executes, and remembers past our own end whether the target may be half way. */
export async function executeRemembered(
  options: ExecuteOptions,
  remember: (unfinished: boolean) => void,
): Promise<Result> {
  remember(options.mode === 'apply');
  try {
    const result = await execute(options);
    remember(result.interrupted);
    return result;
  } catch (thrown) {
    // What the user can mend is said before anything is touched.
    if (thrown instanceof UserError) remember(false);
    throw thrown;
  }
}
