import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGates } from '@slipway/health/gates';

const READ: readonly (readonly [string, object])[] = [
  ['errors <= 1%', { kind: 'errors', most: 1, atLeast: 20 }],
  ['errors <= 0.5% of 200', { kind: 'errors', most: 0.5, atLeast: 200 }],
  ['time <= 300ms of 50', { kind: 'time', most: 300, atLeast: 50 }],
  [
    'prometheus http://p:9090/ <= 0.01 : sum(rate(errors{slot="{slot}"}[1m]))',
    {
      kind: 'prometheus',
      url: 'http://p:9090',
      compare: '<=',
      bound: { kind: 'number', value: 0.01 },
      query: 'sum(rate(errors{slot="{slot}"}[1m]))',
    },
  ],
  [
    'prometheus https://p >= 0.9x : up{version="{version}"}',
    {
      kind: 'prometheus',
      url: 'https://p',
      compare: '>=',
      bound: { kind: 'stable', factor: 0.9 },
      query: 'up{version="{version}"}',
    },
  ],
  ['command ./gate.sh --strict', { kind: 'command', argv: ['./gate.sh', '--strict'] }],
] as const;
for (const [text, gate] of READ) {
  test(`"${text}" is read`, () => {
    assert.deepEqual(parseGates([text]), [{ ...gate, text }]);
  });
}

const BAD = [
  'errors < 1%',
  'errors <= 101%',
  'errors <= 1',
  'errors <= 1% of 0',
  'time <= 3 bananas',
  'prometheus http://p <= 1x : sum(up)',
  'prometheus p <= 1 : up',
  'command',
  'latency <= 1s',
];
test('all lines that cannot be read are said together, with what may be written', () => {
  const result = parseGates(['errors <= 1%', ...BAD]);

  assert.ok('problems' in result);
  assert.deepEqual(
    result.problems.map(({ got }) => got),
    BAD,
  );
  assert.match(result.problems[0]?.allowed ?? '', /errors <= 1% of 50/);
});
