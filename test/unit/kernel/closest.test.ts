import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closest, editDistance } from '@slipway/kernel/closest';

test('the distance counts letters inserted, deleted and replaced', () => {
  assert.equal(editDistance('', 'abc'), 3);
  assert.equal(editDistance('kitten', 'sitting'), 3);
  assert.equal(editDistance('same', 'same'), 0);
});

test('the nearest candidate wins, and a far one does not count', () => {
  assert.equal(closest('hots', ['host', 'hosts', 'health']), 'hosts');
  assert.equal(closest('xyz', ['hosts', 'health']), undefined);
  assert.equal(closest('x', []), undefined);
});
