import { orThrow } from '@slipway/kernel/errors';
import type { Tactics } from '@slipway/rollout/decide';
import type { Capabilities } from '@slipway/strategy/topology';
import { parseSteps } from './canary-steps.ts';
import type { FleetInputs } from './inputs.ts';
import type { StrategyInputs } from './strategy-inputs.ts';

type Common = Pick<FleetInputs, 'batch' | 'minAvailable' | 'allowDowntime'>;

/** How a deployment gets there: as the inputs say, in which `strategyProblems` found nothing. */
export function tacticsOf(inputs: Common & Partial<StrategyInputs>): Tactics {
  const { strategy = 'rolling', steps, soak = 0, checks, keepWarm = true } = inputs;
  const sides = { ...common(inputs), checks: checks !== undefined, keepWarm, until: 'end' } as const;
  switch (strategy) {
    case 'rolling':
      return rolling(inputs);
    case 'blue-green':
      return { ...sides, strategy, soakMs: soak };
    case 'canary':
      return { ...sides, strategy, ...orThrow(parseSteps(steps ?? [])), mixedVersions: mixed(inputs) };
  }
}

/** How a fleet goes back: what ran before was proved then, so it takes the fastest way that the target has. */
export function tacticsBack(inputs: Common, { slots, shifts }: Capabilities): Tactics {
  if (slots === 1 || shifts === 'each') return rolling(inputs);
  return { ...common(inputs), strategy: 'blue-green', soakMs: 0, checks: false, keepWarm: true, until: 'end' };
}

function rolling(inputs: Common & Partial<StrategyInputs>): Tactics {
  const { batch, pause = 0 } = inputs;
  return { ...common(inputs), strategy: 'rolling', batch, pauseMs: pause, mixedVersions: mixed(inputs) };
}

function common({ minAvailable, allowDowntime }: Common): Pick<Tactics, 'minAvailable' | 'allowDowntime'> {
  return { minAvailable, allowDowntime };
}

function mixed({ mixedVersions = 'allowed' }: Partial<StrategyInputs>): StrategyInputs['mixedVersions'] {
  return mixedVersions;
}
