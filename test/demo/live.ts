import { setTimeout as sleep } from 'node:timers/promises';
import type { Fleet, FleetHost } from '../lab/ssh-fleet.ts';

const POLL_MS = 20;

interface LiveFleet extends Pick<Fleet, 'url' | 'appPort'> {
  readonly hosts: readonly Pick<FleetHost, 'address'>[];
}

/** What every host serves, and what users get: one version, or all of them in order; a silent host is `none`. */
export async function liveVersion(fleet: LiveFleet): Promise<string> {
  const hosts = fleet.hosts.map(({ address }) => `http://${address}:${fleet.appPort}`);
  const versions = await Promise.all([fleet.url, ...hosts].map(versionAt));
  return [...new Set(versions)].toSorted().join(', ');
}

/** Resolves with true once the address serves, with false when the signal comes first. */
export async function untilServed(url: string, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if ((await versionAt(url)) !== 'none') return true;
    await sleep(POLL_MS);
  }
  return false;
}

async function versionAt(url: string): Promise<string> {
  try {
    // a kept connection would outlive the app that it leads to
    const answer = await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(2_000) });
    await answer.arrayBuffer();
    return answer.ok ? (answer.headers.get('x-version') ?? 'none') : 'none';
  } catch {
    return 'none';
  }
}
