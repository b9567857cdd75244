import { shortDigest } from '@slipway/kernel/digest';
import type { ReleaseId } from '@slipway/kernel/release';
import type { Host } from './host.ts';

/** What is deployed and where to; with the root of a host it names one folder there. */
export interface Place {
  readonly app: string;
  readonly environment: string;
}

/** The folder that holds `releases/`, `slots/`, `shared/` and `state/`; a leading `~/` is left to the host. */
export function baseFolder(host: Host, place: Place): string {
  return `${host.root.replace(/\/+$/, '')}/${place.app}/${place.environment}`;
}

/** The name of a release's folder below `releases/`: for people the version, for us the digest. */
export function releaseFolder(release: ReleaseId): string {
  return `${release.version}-${shortDigest(release.digest)}`;
}

/** The file below `state/env/` that holds the variables which a release runs with. */
export function environmentFile(release: ReleaseId): string {
  return `${releaseFolder(release)}+${release.config ?? ''}`;
}

export function versionOf(folder: string): string {
  return folder.slice(0, folder.lastIndexOf('-'));
}
