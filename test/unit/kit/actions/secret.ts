// An action for tests: reads a secret, then prints it in many ways.
import { spawnSync } from 'node:child_process';
import { readInputs } from '@slipway/kit/read-inputs';
import { runAction } from '@slipway/kit/run-action';
import { defineInputs } from '@slipway/kit/spec';
import { amount, secretText } from '@slipway/kit/types';

const inputs = defineInputs({
  'api-key': { type: secretText, secret: true, required: true, description: 'A key.' },
  batch: { type: amount, default: '25%', description: 'Members at a time.' },
});

await runAction({
  async main({ env, log }) {
    const { apiKey } = readInputs(inputs, env);
    log.info(`whole: ${apiKey}`);
    for (const line of apiKey.split('\n')) log.foreign(`line: ${line}`);
    log.info(`json: ${JSON.stringify({ apiKey })}`);
    log.info(`base64: ${Buffer.from(apiKey).toString('base64')}`);
    const child = spawnSync(process.execPath, ['-p', 'Object.keys(process.env).join()'], { encoding: 'utf8' });
    log.info(`child sees: ${child.stdout}`);
  },
});
