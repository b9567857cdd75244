import type { Cluster } from '../lab/k8s/cluster.ts';
import type { Manifest } from '../lab/k8s/manifests.ts';
import { shopRelease } from '../support/k8s-shop.ts';

/** What happens to the cluster in one phase. */
export type Act =
  | { readonly kind: 'deploy'; readonly version: string }
  /** To whatever the ledger calls the last healthy release: the action's input `to` is empty. */
  | { readonly kind: 'rollback' };

export interface Phase {
  readonly name: string;
  readonly act: Act;
  /** What the newcomer should notice. */
  readonly story: string;
  readonly expect: { readonly outcome: string; readonly version: string; readonly green: boolean };
}

/** One release of the shop: what its image and its manifests are like. */
export interface Release {
  readonly version: string;
  readonly env: Readonly<Record<string, string>>;
  /** preStop, and a graceful end: what the platform asks of every app. */
  readonly keepsContract: boolean;
}

const GOOD = { env: {}, keepsContract: true } as const;
const BARE = { env: { GRACEFUL: '0' }, keepsContract: false } as const;

export const RELEASES: readonly Release[] = [
  { version: 'v1', ...GOOD },
  { version: 'v2', ...GOOD },
  { version: 'v3', ...GOOD, env: { CRASH: '1' } },
  { version: 'v4', ...BARE },
  { version: 'v5', ...BARE },
];

export const PHASES: readonly Phase[] = [
  {
    name: 'deploy v1',
    act: { kind: 'deploy', version: 'v1' },
    story: 'the first release ever; load starts as soon as one pod serves it',
    expect: { outcome: 'deployed', version: 'v1', green: true },
  },
  {
    name: 'deploy v2',
    act: { kind: 'deploy', version: 'v2' },
    story: 'pod by pod, until every endpoint is of this version',
    expect: { outcome: 'deployed', version: 'v2', green: true },
  },
  {
    name: 'deploy broken v3',
    act: { kind: 'deploy', version: 'v3' },
    story: 'crashes at its start; the log says why, and v2 comes back by itself; the job is red',
    expect: { outcome: 'rolled-back', version: 'v2', green: false },
  },
  {
    name: 'deploy v2 once more',
    act: { kind: 'deploy', version: 'v2' },
    story: 'everything is as asked already: no change',
    expect: { outcome: 'unchanged', version: 'v2', green: true },
  },
  {
    name: 'roll back',
    act: { kind: 'rollback' },
    story: 'no version named: v1 is taken, the last healthy one, with the configuration that it had',
    expect: { outcome: 'rolled-back', version: 'v1', green: true },
  },
  {
    name: 'deploy v2 again',
    act: { kind: 'deploy', version: 'v2' },
    story: 'forward again',
    expect: { outcome: 'deployed', version: 'v2', green: true },
  },
];

/** Before the control: pods that know nothing of the contract replace those that do, which loses nothing yet. */
export const BEFORE_CONTROL: Phase = {
  name: 'before the control',
  act: { kind: 'deploy', version: 'v4' },
  story: 'pods without preStop and without a graceful end',
  expect: { outcome: 'deployed', version: 'v4', green: true },
};

/**
 * Run last and counted apart: pods that break the platform's contract are replaced. If this loses no request, the load
 * could not see a lost one, and proves nothing.
 */
export const CONTROL: Phase = {
  name: 'control: no preStop',
  act: { kind: 'deploy', version: 'v5' },
  story: 'they are replaced, and end while requests still come; the load must see failures',
  expect: { outcome: 'deployed', version: 'v5', green: true },
};

/** The manifests as they lie in a repository: the image comes by the action's input `images`. */
export function manifestsOf(release: Release, cluster: Cluster, namespace: string): readonly Manifest[] {
  const { version, env, keepsContract } = release;
  const options = { image: `${cluster.registry.push}/app`, env, ...(keepsContract ? {} : { preStop: 0 }) };
  return shopRelease({ namespace }, options, { greeting: `hello ${version}`, token: 'a secret' });
}
