import { parse } from 'node:path';
import { messageOf, UserError } from '@slipway/kernel/errors';
import { cancellation } from './cancellation.ts';
import type { Env } from './read-inputs.ts';
import { type RunContext, runContext } from './run-context.ts';
import { type ActionLog, runnerLog } from './runner-log.ts';

/** What an action gets from its runner. */
export interface Runtime {
  /** The environment as it was at the start. */
  readonly env: Env;
  readonly log: ActionLog;
  /** Aborted when the run is cancelled: 7.5 s later comes SIGTERM, 2.5 s after that the end. */
  readonly signal: AbortSignal;
  readonly context: RunContext;
}

export interface ActionParts {
  readonly main: (runtime: Runtime) => Promise<void>;
  /** Runs after the job's steps, whatever became of them; it can warn, but not fail the job. */
  readonly post?: (runtime: Runtime) => Promise<void>;
}

/**
 * The runner starts post by a script of this name, which only imports main's. What main could tell it does not count:
 * a main that is cancelled while it loads tells nothing, and what it was kept from must not be done by post.
 */
const POST_SCRIPT = 'post';
const FLUSH_MS = 2_000;

/** The whole life of an action's process. It ends by `process.exit`, since a socket that hangs would hold it. */
export async function runAction(parts: ActionParts): Promise<void> {
  const env = Object.freeze({ ...process.env });
  const isPost = parse(process.argv[1] ?? '').name === POST_SCRIPT;
  let code = 0;
  // Nothing that goes wrong after the job's steps turns a green job red.
  const fail = (thrown: unknown): void => {
    if (isPost) runnerLog.warning(explain(thrown));
    else runnerLog.error(explain(thrown));
    if (thrown instanceof UserError && thrown.cause !== undefined) runnerLog.debug(explain(thrown.cause));
    code = isPost ? 0 : 1;
  };
  const signal = cancellation(fail);
  // A promise that nobody settles empties the event loop: without this the step would end green.
  process.once('beforeExit', () => {
    fail(new Error('the action ended before its work was done'));
    process.exit(code);
  });
  const work = isPost ? parts.post : parts.main;
  try {
    await work?.({ env, log: runnerLog, signal, context: runContext(env) });
  } catch (thrown) {
    fail(thrown);
  }
  runnerLog.close();
  await flush();
  process.exit(code);
}

/** What the user can act on comes without a stack; a bug of ours keeps it, with its causes. */
function explain(thrown: unknown): string {
  if (thrown instanceof UserError) return thrown.message;
  if (!(thrown instanceof Error)) return messageOf(thrown);
  const text = thrown.stack ?? thrown.message;
  return thrown.cause === undefined ? text : `${text}\nCaused by: ${explain(thrown.cause)}`;
}

async function flush(): Promise<void> {
  const written = [process.stdout, process.stderr].map(
    (stream) => new Promise<void>((resolve) => stream.write('', () => resolve())),
  );
  const timeUp = new Promise<void>((resolve) => setTimeout(resolve, FLUSH_MS));
  await Promise.race([Promise.all(written), timeUp]);
}
