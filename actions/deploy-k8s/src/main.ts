import { machine } from '@slipway/effects/machine';
import { readInputs } from '@slipway/kit/read-inputs';
import { runAction } from '@slipway/kit/run-action';
import { action } from './inputs.ts';
import { finish, run } from './run.ts';

await runAction({
  main: (runtime) => run(readInputs(action.inputs, runtime.env), { ...runtime, ...machine }),
  post: (runtime) => finish(readInputs(action.inputs, runtime.env), { ...runtime, ...machine }),
});
