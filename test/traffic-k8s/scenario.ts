import type { AppOptions } from '../lab/k8s/pod.ts';

/** What one phase does to the shop, under load. */
export type Act =
  /** A release whose pods keep the whole contract of the platform, or all of it but one part. */
  | { readonly kind: 'deploy'; readonly version: string; readonly without?: Part }
  /** To whatever the ledger calls the last healthy release. */
  | { readonly kind: 'roll back'; readonly version: string };

export interface Phase {
  /** Phases of one name are counted together. */
  readonly name: string;
  readonly act: Act;
  /** Whether the load must lose requests meanwhile, or must lose none. */
  readonly loses: boolean;
}

/** One part of what the platform asks of every app: taken away alone, requests are lost. */
export interface Part {
  readonly name: string;
  readonly options: Pick<AppOptions, 'readiness' | 'preStop' | 'env'>;
  /** When pods without it lose requests: as they take over from pods that have it, or as such take over from them. */
  readonly losesAs: 'come' | 'go';
}

export const PARTS: readonly Part[] = [
  { name: 'readiness probe', options: { readiness: false }, losesAs: 'come' },
  { name: 'preStop', options: { preStop: 0 }, losesAs: 'go' },
  { name: 'graceful end', options: { env: { GRACEFUL: '0' } }, losesAs: 'go' },
  { name: 'Connection: close', options: { env: { CLOSE: '0' } }, losesAs: 'go' },
];

/** One release forward and back to `v0`, again and again, with another version each time. */
export function* turns(): Generator<readonly Phase[], never> {
  for (let number = 1; ; number += 1) {
    yield [
      { name: 'deploy', act: { kind: 'deploy', version: `v${number}` }, loses: false },
      { name: 'roll back', act: { kind: 'roll back', version: 'v0' }, loses: false },
    ];
  }
}

/**
 * The controls: for each part, pods without it come, and go again. One of the two loses requests, and the other one,
 * which is the same but for the direction, does not: so it is this part, and not the load.
 */
export function controls(): readonly Phase[] {
  return PARTS.flatMap((part, index): readonly Phase[] => [
    {
      name: `no ${part.name}: come`,
      act: { kind: 'deploy', version: `without-${index + 1}`, without: part },
      loses: part.losesAs === 'come',
    },
    {
      name: `no ${part.name}: go`,
      act: { kind: 'deploy', version: `with-${index + 1}` },
      loses: part.losesAs === 'go',
    },
  ]);
}

/** A share of the processor, or whatever else runs on a busy node comes first, and answers are late. */
const RESOURCES = { requests: { cpu: '250m' } } as const;

/** Each pod takes a while until it listens, as most apps do; less than the probe's period, which would be waited for. */
export function appOptions(without: Part | undefined): Omit<AppOptions, 'image'> {
  const env = { START_TIME: '900ms', ...without?.options.env };
  return { ...without?.options, env, container: { resources: RESOURCES } };
}
