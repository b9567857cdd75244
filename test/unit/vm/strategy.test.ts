import assert from 'node:assert/strict';
import { test } from 'node:test';
import { amounts } from '@slipway/kit/types';
import { parseSteps } from '@slipway/vm/canary-steps';
import { strategyProblems } from '@slipway/vm/strategy-problems';
import { tacticsBack, tacticsOf } from '@slipway/vm/tactics';

const QUARTER = { kind: 'percent', percent: 25 } as const;
const COMMON = { batch: [QUARTER], minAvailable: QUARTER, allowDowntime: false } as const;
const SLOTTED = { slots: ['blue=1', 'green=2'], balancer: 'haproxy://...' } as const;

test('steps of a canary are shares with times', () => {
  assert.deepEqual(parseSteps(['5% for 2m', '12.5 % for 1m30s', '100%']), {
    steps: [
      { percent: 5, soakMs: 120_000 },
      { percent: 12.5, soakMs: 90_000 },
      { percent: 100, soakMs: 0 },
    ],
  });
});

for (const [entries, what] of [
  [['5'], /no step/],
  [['0% for 2m'], /no step/],
  [['101%'], /no step/],
  [['5% for soon'], /no step/],
  [['5% 2m'], /no step/],
  [['50%', '5%'], /the shares rise, and 50 % stands before this/],
  [['5%', '5%'], /the shares rise/],
] as const) {
  test(`the steps ${entries.join(', ')} are refused with the line to write`, () => {
    const [problem] = parseSteps(entries) as readonly { readonly what: string; readonly fix?: string }[];

    assert.match(problem?.what ?? '', what);
    assert.equal(problem?.fix, 'steps: 5% for 2m, 25% for 5m, 100%');
  });
}

test('batches are amounts in their order, and one that cannot be read is none', () => {
  const [first, ...more] = [{ kind: 'count', count: 1 } as const, { kind: 'percent', percent: 10 } as const];
  assert.deepEqual(amounts.parse('1, 10%'), { ok: true, value: [first, ...more] });
  assert.deepEqual(amounts.parse('1, ten'), { ok: false });
});

test('a deployment goes as its inputs say', () => {
  assert.deepEqual(tacticsOf({ ...COMMON, pause: 5 }), {
    ...COMMON,
    strategy: 'rolling',
    pauseMs: 5,
    mixedVersions: 'allowed',
  });
  const { batch: _batch, ...common } = COMMON;
  const sides = { ...common, checks: true, keepWarm: false, until: 'end' };
  const given = { ...COMMON, checks: ['./check'], keepWarm: false };
  assert.deepEqual(tacticsOf({ ...given, strategy: 'blue-green', soak: 7 }), {
    ...sides,
    strategy: 'blue-green',
    soakMs: 7,
  });
  assert.deepEqual(tacticsOf({ ...given, strategy: 'canary', steps: ['5% for 1s'], mixedVersions: 'forbidden' }), {
    ...sides,
    strategy: 'canary',
    steps: [{ percent: 5, soakMs: 1_000 }],
    mixedVersions: 'forbidden',
  });
});

test('the way back is one switch where that can be, else it is rolling', () => {
  const target = { weights: 'exact', replaces: 'stop-start' } as const;

  assert.equal(tacticsBack(COMMON, { ...target, slots: 2, shifts: 'together' }).strategy, 'blue-green');
  assert.equal(tacticsBack(COMMON, { ...target, slots: 2, shifts: 'each' }).strategy, 'rolling');
  assert.equal(tacticsBack(COMMON, { ...target, slots: 1, shifts: 'each' }).strategy, 'rolling');
});

for (const [name, inputs, what] of [
  ['a canary without steps', { strategy: 'canary' }, /^Input "steps" is missing/],
  ['steps that do not rise', { strategy: 'canary', steps: ['50%', '5%'] }, /^steps: the shares rise/],
  ['steps of a rolling one', { strategy: 'rolling', steps: ['5%'] }, /^steps: this belongs to "strategy: canary"\.$/],
  [
    'a soak of a canary',
    { strategy: 'canary', steps: ['5%'], soak: 5 },
    /^soak: this belongs to "strategy: blue-green"/,
  ],
  ['a gate that nobody can read', { strategy: 'rolling', pause: 5, gates: ['errors > 1'] }, /^gates: this line/],
  ['gates without a soak', { ...SLOTTED, strategy: 'blue-green', gates: ['errors <= 1%'] }, /^gates: there is no time/],
  ['gates without a pause', { ...SLOTTED, strategy: 'rolling', gates: ['errors <= 1%'] }, /^gates: there is no time/],
  [
    'gates without a time in the steps',
    { ...SLOTTED, strategy: 'canary', steps: ['5%', '100%'], gates: ['errors <= 1%'] },
    /^gates: there is no time/,
  ],
  ['nobody who counts', { strategy: 'rolling', pause: 5, gates: ['errors <= 1%'] }, /^gates: what is counted/],
  ['checks of a rolling one', { ...SLOTTED, strategy: 'rolling', checks: ['./check'] }, /^checks: only a release/],
  ['checks of one slot', { strategy: 'blue-green', checks: ['./check'] }, /^checks: only a release/],
  ['a check with an open quote', { ...SLOTTED, strategy: 'blue-green', checks: ['"a'] }, /^checks: this is no command/],
] as const) {
  test(`${name}: that is said before anything is touched`, () => {
    const problems = strategyProblems(inputs);

    assert.equal(problems.length, 1, JSON.stringify(problems));
    assert.match(problems[0]?.what ?? '', what);
  });
}

test('inputs that go together have no problems', () => {
  const gates = ['errors <= 1% of 50', 'time <= 300ms'];
  const steps = ['5% for 2m', '100%'];

  assert.deepEqual(strategyProblems({ ...SLOTTED, strategy: 'canary', steps, gates, checks: ['./a b'] }), []);
  assert.deepEqual(strategyProblems({ ...SLOTTED, strategy: 'blue-green', soak: 5, gates }), []);
  assert.deepEqual(strategyProblems({ strategy: 'rolling', pause: 5, gates: ['command ./gate'] }), []);
});
