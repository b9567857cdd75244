import type { ReleaseId } from '@slipway/kernel/release';
import { sameRelease } from '@slipway/kernel/release';
import type { LedgerEntry, Settings } from '@slipway/rollout/entry';
import { healthyDeployments, idOf } from '@slipway/rollout/ledger';
import type { Brought, VmRun } from './vm-run.ts';

/** How a release was run when it was healthy here the last time. */
export function settingsOf(entries: readonly LedgerEntry[], release: ReleaseId): Settings | undefined {
  return healthyDeployments(entries).find((entry) => sameRelease(idOf(entry), release))?.settings;
}

/**
 * The variables of its service that a release keeps: of this deployment's release as the inputs say, of any other as it
 * was healthy, so that what is wrong with the new ones does not hit what comes back.
 */
export function keptVars({ options, seen }: VmRun, release: ReleaseId): Readonly<Record<string, string>> {
  const { service, brings } = options;
  if (release.digest === brings?.release.digest) return {};
  const before = settingsOf(seen().observation.entries, release) ?? {};
  return Object.fromEntries(Object.entries(before).filter(([name]) => Object.hasOwn(service.kept ?? {}, name)));
}

/** The shared paths that a release is staged with: those of this deployment, or those that it had. */
export function sharedOf(release: ReleaseId, brings: Brought | undefined, entries: readonly LedgerEntry[]): string {
  if (brings?.release.digest === release.digest) return brings.shared.join(' ');
  return settingsOf(entries, release)?.shared ?? '';
}
