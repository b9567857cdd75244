import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Amount } from '@slipway/kernel/amount';
import { camelCase, defineInputs, type InputsOf } from '@slipway/kit/spec';
import { amount, choice, flag, name, secretText } from '@slipway/kit/types';

const inputs = defineInputs({
  'min-available': { type: amount, default: '75%', description: 'Members in service never fall below this.' },
  app: { type: name, required: true, description: 'The application.' },
  mode: { type: choice('plan', 'apply'), default: 'apply', description: 'What to do.' },
  'ssh-key': { type: secretText, secret: true, description: 'The key.' },
  force: { type: flag, description: 'Whether to insist.' },
});

type Expected = {
  readonly minAvailable: Amount;
  readonly app: string;
  readonly mode: 'plan' | 'apply';
  readonly sshKey: string | undefined;
  readonly force: boolean | undefined;
};
type Same<A, B> = [A, B] extends [B, A] ? true : false;

test('the typing of the values follows from the spec', () => {
  const same: Same<InputsOf<typeof inputs>, Expected> = true;

  assert.equal(same, true);
});

test('camelCase turns each dash and letter into a capital', () => {
  assert.equal(camelCase('min-available'), 'minAvailable');
  assert.equal(camelCase('a-b-c'), 'aBC');
  assert.equal(camelCase('app'), 'app');
});
