import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOlder } from '@slipway/rollout/order';
import { aRecord } from '../../support/releases.ts';

const live = aRecord('v5', { commitTime: '2026-01-05T00:00:00Z' });
const cases: readonly [string, Parameters<typeof aRecord>[1], boolean][] = [
  ['a run with a lower number', { run: { ...live.run, number: 4 } }, true],
  ['a run with a higher number', { run: { ...live.run, number: 6 } }, false],
  ['the same run with an earlier commit', { run: live.run, commitTime: '2026-01-04T23:59:59Z' }, true],
  ['the same run with a later commit', { run: live.run, commitTime: '2026-01-05T00:00:01Z' }, false],
  ['another ref', { run: { ...live.run, number: 4 }, ref: 'refs/heads/next' }, false],
  ['another repository', { run: { ...live.run, number: 4 }, repository: 'acme/other' }, false],
  ['the same bytes', { run: { ...live.run, number: 4 }, digest: live.digest }, false],
];
for (const [name, overrides, older] of cases) {
  test(`${name} is ${older ? '' : 'not '}older`, () => {
    assert.equal(isOlder(aRecord('v4', overrides), live), older);
  });
}
