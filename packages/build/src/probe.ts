import type { Exec } from '@slipway/effects/exec';
import { messageOf, UserError, userError } from '@slipway/kernel/errors';
import type { Log } from '@slipway/kernel/log';
import type { BuildPlan } from './plan.ts';
import type { BuildSite } from './run-build.ts';

/** A wrapper may fetch its tool first. */
const PROBE_MS = 120_000;

/** Makes sure, before anything is built, that the tool is here and starts. */
export async function probeTool(
  { probe }: BuildPlan,
  { folder, env, signal }: Pick<BuildSite, 'folder' | 'env' | 'signal'>,
  { exec, log }: { readonly exec: Exec; readonly log: Log },
): Promise<void> {
  if (probe === undefined) return;
  const { argv, title, setup } = probe;
  const options = { argv, cwd: folder, env, timeoutMs: PROBE_MS, ...(signal === undefined ? {} : { signal }) };
  const found = await exec.run(options).catch((cause: unknown) => {
    if (!(cause instanceof UserError)) throw cause;
    throw userError(`${title} is not on this machine: ${messageOf(cause)}`, setup, cause);
  });
  if (found.code !== 0) {
    const said = `${found.stderr}\n${found.stdout}`.trim().split('\n').slice(0, 5).join('\n');
    throw userError(`${title} does not start: "${argv.join(' ')}" said:\n${said}`, setup);
  }
  log.info(`${title}: ${found.stdout.trim().split('\n')[0] ?? ''}`);
}
