import { defineInputs, type InputsOf } from '@slipway/kit/spec';
import { choice, duration, flag, lines, list } from '@slipway/kit/types';

/** How a deployment moves the traffic of a fleet, and who looks at it meanwhile. A rollback takes the fastest way. */
export const strategyInputs = defineInputs({
  strategy: {
    type: choice('rolling', 'blue-green', 'canary'),
    default: 'rolling',
    description:
      'How the traffic moves to the new release: `rolling` = members in batches; `blue-green` = all users at one moment, from slot to slot; `canary` = few users first, then more.',
  },
  pause: {
    type: duration,
    description: 'For `rolling`: between two batches, while the gates watch. Default: none.',
    example: '30s',
  },
  steps: {
    type: list,
    description:
      'For `canary`: shares of the traffic, rising, and how long each is watched: `5% for 2m`. 100% comes last, whether it is named or not.',
    example: '|\n  5% for 2m\n  25% for 5m\n  100%',
  },
  soak: {
    type: duration,
    description: 'For `blue-green`: how long the gates watch after the switch. Default: not at all.',
    example: '5m',
  },
  'keep-warm': {
    type: flag,
    default: 'true',
    description:
      'With two slots: the slot that is left runs on, so that the way back is one switch; `false` stops what runs there.',
  },
  'mixed-versions': {
    type: choice('allowed', 'forbidden'),
    default: 'allowed',
    description:
      'Whether users may get the old and the new version at the same time; `blue-green` alone never does it.',
  },
  gates: {
    type: lines,
    description:
      'What the new release has to keep while it is watched, one a line; a broken one takes all users back at once. `errors <= 1% of 50` and `time <= 300ms of 50` are what the balancer counts, over so many requests; `prometheus URL <= 0.01 : QUERY`; `command PROGRAM ARGUMENTS` on the runner.',
    example: '|\n  errors <= 1% of 50\n  time <= 300ms of 50',
  },
  'gate-interval': { type: duration, default: '2s', description: 'Between two looks at the gates.' },
  checks: {
    type: lines,
    description:
      'With two slots: programs on the runner, one a line, before any user is sent to the new release. On stdin comes JSON with the local socket that leads to each member; status 0 passes.',
    example: './smoke-test.sh',
  },
});

export type StrategyInputs = InputsOf<typeof strategyInputs>;
