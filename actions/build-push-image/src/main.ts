import { machine } from '@slipway/effects/machine';
import { readInputs } from '@slipway/kit/read-inputs';
import { runAction } from '@slipway/kit/run-action';
import { action, inputProblems } from './inputs.ts';
import { finish, run } from './run.ts';

await runAction({
  main: (runtime) => run(readInputs(action.inputs, runtime.env, inputProblems), { ...runtime, ...machine }),
  post: finish,
});
