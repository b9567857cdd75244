import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requirePart } from '../../support/require.ts';

function recorder(): { skip(message: string): void; reasons: string[] } {
  const reasons: string[] = [];
  return { skip: (message) => reasons.push(message), reasons };
}

test('a program that is there gives its path', () => {
  const t = recorder();

  assert.equal(requirePart(t, 'sh', { PATH: '/bin' }), '/bin/sh');
  assert.deepEqual(t.reasons, []);
});

test('a missing program skips with the line that installs it', () => {
  const t = recorder();

  assert.equal(requirePart(t, 'no-such-program', { PATH: '/bin' }), undefined);
  assert.match(t.reasons.join(), /apt-get install -y no-such-program/);
});

test('with CI=true a missing program is a failure', () => {
  const t = recorder();

  assert.throws(() => requirePart(t, 'no-such-program', { PATH: '/bin', CI: 'true' }), /apt-get install/);
  assert.deepEqual(t.reasons, []);
});
