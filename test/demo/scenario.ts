/** What happens to the fleet in one phase. */
export type Act =
  | { readonly kind: 'deploy'; readonly release: string; readonly drain: boolean }
  /** To whatever the ledger calls the last healthy release: the action's input `to` is empty. */
  | { readonly kind: 'rollback' };

export interface Phase {
  readonly name: string;
  readonly act: Act;
  /** What the newcomer should notice. */
  readonly story: string;
  readonly expect: {
    readonly outcome: string;
    /** What all hosts serve afterwards. */
    readonly version: string;
    readonly green: boolean;
  };
}

/** The releases of the demo's repository, oldest first; each is a tag. */
export const RELEASES = [
  { tag: 'v1', broken: false },
  { tag: 'v2', broken: false },
  { tag: 'v3', broken: true },
] as const;

export const PHASES: readonly Phase[] = [
  {
    name: 'deploy v1',
    act: { kind: 'deploy', release: 'v1', drain: true },
    story: 'the first release ever; load starts as soon as one host serves it',
    expect: { outcome: 'deployed', version: 'v1', green: true },
  },
  {
    name: 'deploy v2',
    act: { kind: 'deploy', release: 'v2', drain: true },
    story: 'one host after the other: drained, restarted, probed, back in service',
    expect: { outcome: 'deployed', version: 'v2', green: true },
  },
  {
    name: 'deploy broken v3',
    act: { kind: 'deploy', release: 'v3', drain: true },
    story: 'fails its health check on the first host, which goes back to v2 by itself; the job is red',
    expect: { outcome: 'rolled-back', version: 'v2', green: false },
  },
  {
    name: 'deploy v2 once more',
    act: { kind: 'deploy', release: 'v2', drain: true },
    story: 'everything is as asked already: no change',
    expect: { outcome: 'unchanged', version: 'v2', green: true },
  },
  {
    name: 'roll back',
    act: { kind: 'rollback' },
    story: 'no version named: v1 is taken, the last healthy one, and never the v3 that failed',
    expect: { outcome: 'rolled-back', version: 'v1', green: true },
  },
  {
    name: 'deploy v2 again',
    act: { kind: 'deploy', release: 'v2', drain: true },
    story: 'forward again, from what lies on the hosts',
    expect: { outcome: 'deployed', version: 'v2', green: true },
  },
];

/**
 * Run last and counted apart: a deployment with the drain taken out. If this loses no request, the load could
 * not see a lost one, and proves nothing.
 */
export const CONTROL: Phase = {
  name: 'control: no drain',
  act: { kind: 'deploy', release: 'v1', drain: false },
  story: 'a deployment that knows no balancer, so nothing is drained; the load must see failures',
  expect: { outcome: 'deployed', version: 'v1', green: true },
};
