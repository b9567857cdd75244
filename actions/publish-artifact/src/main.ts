import { systemClock } from '@slipway/effects/clock';
import { systemExec } from '@slipway/effects/exec-real';
import { readInputs } from '@slipway/kit/read-inputs';
import { runAction } from '@slipway/kit/run-action';
import { action } from './inputs.ts';
import { run } from './run.ts';

await runAction({
  main: (runtime) => run(readInputs(action.inputs, runtime.env), { ...runtime, exec: systemExec, clock: systemClock }),
});
