import type { ReleaseId } from '@slipway/kernel/release';
import type { MemberFailure, StepContext } from '@slipway/rollout/target';
import { effect, onEach, viewOf } from './effect.ts';
import { holdsConfig } from './host-view.ts';
import { releaseFolder } from './layout.ts';
import { HostError } from './remote.ts';
import type { VmRun } from './vm-run.ts';

/** Brings the variables of a release to the members that do not keep them yet: on stdin, and nowhere else. */
export async function configure(
  run: VmRun,
  members: readonly string[],
  release: ReleaseId,
  context: StepContext,
): Promise<readonly MemberFailure[]> {
  const lacking = members.filter((member) => !holdsConfig(viewOf(run, member), release));
  return await onEach(run, lacking, async (member) => {
    const configuration = run.configuration();
    if (configuration === undefined || configuration.id !== release.config) throw lost(release);
    const { text, key, id } = configuration;
    await effect(run, member, null, context, 'configure', {
      journal: { before: 'absent', after: releaseFolder(release), digest: release.digest },
      vars: { dir: releaseFolder(release), config: id, key, size: String(Buffer.byteLength(text)) },
      input: text,
      timeoutMs: run.options.limits.stepMs,
      signal: context.signal,
    });
  });
}

/** Only hosts keep what was in an env-file: a new one never had it. */
function lost({ version, config = '' }: ReleaseId): HostError {
  return new HostError(
    `This host does not keep the environment ${config.slice(0, 8)} of ${version}: deploy that release again, with its env-file.`,
  );
}
