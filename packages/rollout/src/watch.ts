import type { Clock } from '@slipway/effects/clock';
import type { Step } from '@slipway/strategy/plan';
import type { Topology } from '@slipway/strategy/topology';

/** Steps that change nothing: somebody looks, and says whether it may go on. */
export type WatchStep = Extract<Step, { kind: 'check' | 'soak' }>;

/** `why`: one sentence on what was seen, with the numbers; `lastLines` of whoever looked. */
export type Verdict =
  | { readonly kind: 'good' }
  | { readonly kind: 'bad'; readonly why: string; readonly lastLines: readonly string[] };

/** Looks at a release while it is rolled out: the user's checks before the switch, and gates while it soaks. */
export interface Watch {
  /** Resolves at the end of a soak, or at once when a gate is broken. Rejects only when the signal is aborted. */
  look(step: WatchStep, topology: Topology, signal: AbortSignal): Promise<Verdict>;
}

/** Nobody looks: a soak is only a wait. */
export function unwatched(clock: Clock): Watch {
  return {
    async look(step, _topology, signal) {
      if (step.kind === 'soak') await clock.sleep(step.forMs, signal);
      return { kind: 'good' };
    },
  };
}
