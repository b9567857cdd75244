import type { Argv, Finished } from '@slipway/effects/exec';
import { systemExec } from '@slipway/effects/exec-real';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly onLine?: (line: string) => void;
}

/** What a command printed; throws with its last lines when it failed. */
export async function run(argv: Argv, options: RunOptions = {}): Promise<string> {
  const finished = await systemExec.run({ argv, ...options });
  if (finished.code !== 0) throw new Error(`${argv.join(' ')} ${ending(finished)}:\n${lastLines(finished)}`);
  return finished.stdout;
}

function ending({ code, signal }: Finished): string {
  return signal === null ? `ended with status ${code}` : `was ended by ${signal}`;
}

function lastLines({ stdout, stderr }: Finished): string {
  return `${stdout}${stderr}`.trimEnd().split('\n').slice(-20).join('\n');
}
