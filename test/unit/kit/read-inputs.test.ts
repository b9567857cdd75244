import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Env, inputVariable, parseInputs } from '@slipway/kit/read-inputs';
import { defineInputs, type InputSpec } from '@slipway/kit/spec';
import {
  amount,
  choice,
  duration,
  flag,
  type InputType,
  integer,
  json,
  lines,
  list,
  name,
  path,
  secretText,
  text,
  version,
} from '@slipway/kit/types';
import * as fc from 'fast-check';

const inputs = defineInputs({
  app: { type: name, required: true, description: 'The application.', example: 'shop' },
  'min-available': { type: amount, default: '75%', description: 'Members in service.' },
  batch: { type: amount, default: '25%', description: 'Members at a time.' },
  hosts: { type: lines, required: true, description: 'The hosts.', example: '|\n  deploy@web-1' },
  'ssh-key': { type: secretText, secret: true, description: 'The key.' },
  'drain-timeout': { type: duration, default: '30s', description: 'How long to wait.' },
});
const complete: Env = { INPUT_APP: 'shop', INPUT_HOSTS: 'a\nb' };

function read(env: Env) {
  return parseInputs(inputs, env);
}

test('the runner upper-cases names, turns spaces into underscores and leaves dashes', () => {
  assert.equal(inputVariable('min-available'), 'INPUT_MIN-AVAILABLE');
  assert.equal(inputVariable('two words'), 'INPUT_TWO_WORDS');
});

test('values come typed, with defaults, and frozen', () => {
  const { result, unknown } = read(complete);

  assert.ok(result.ok);
  assert.deepEqual(result.values, {
    app: 'shop',
    minAvailable: { kind: 'percent', percent: 75 },
    batch: { kind: 'percent', percent: 25 },
    hosts: ['a', 'b'],
    sshKey: undefined,
    drainTimeout: 30_000,
  });
  assert.ok(Object.isFrozen(result.values));
  assert.deepEqual(unknown, []);
});

test('a default that only the runner can evaluate is never taken as it is written', () => {
  const specs = defineInputs({
    token: { type: secretText, default: '${{ github.token }}', description: 'The token.' },
  });

  const { result } = parseInputs(specs, { INPUT_TOKEN: '' });

  assert.ok(result.ok);
  assert.equal(result.values.token, '');
});

test('a blank input is one that is not given', () => {
  const { result } = read({ ...complete, INPUT_BATCH: ' \n' });

  assert.ok(result.ok);
  assert.deepEqual(result.values.batch, { kind: 'percent', percent: 25 });
});

test('all that is wrong comes at once: what, got, allowed, the line to write', () => {
  const { result } = read({ INPUT_BATCH: '150%', 'INPUT_DRAIN-TIMEOUT': 'soon', INPUT_HOSTS: '\n' });

  assert.ok(!result.ok);
  assert.deepEqual(result.problems, [
    { what: 'Input "app" is missing.', allowed: name.allowed, fix: 'app: shop' },
    { what: 'Input "batch" cannot be used.', got: '"150%"', allowed: amount.allowed, fix: 'batch: 25%' },
    { what: 'Input "hosts" is missing.', allowed: lines.allowed, fix: 'hosts: |\n  deploy@web-1' },
    {
      what: 'Input "drain-timeout" cannot be used.',
      got: '"soon"',
      allowed: duration.allowed,
      fix: 'drain-timeout: 30s',
    },
  ]);
});

test('what several inputs do wrong together is reported with the rest', () => {
  const { result } = parseInputs(inputs, { ...complete, INPUT_BATCH: 'x' }, (values) => [
    { what: `batch is ${values.batch?.kind}, hosts are ${values.hosts?.length}` },
  ]);

  assert.ok(!result.ok);
  assert.deepEqual(
    result.problems.map(({ what }) => what),
    ['Input "batch" cannot be used.', 'batch is undefined, hosts are 2'],
  );
});

test('the value of a secret is never shown', () => {
  const specs = defineInputs({ config: { type: json, secret: true, description: 'A configuration.' } });

  const { result } = parseInputs(specs, { INPUT_CONFIG: '{hunter2' });

  assert.ok(!result.ok);
  assert.ok(!JSON.stringify(result.problems).includes('hunter2'));
});

test('a long value is cut, and control characters come escaped', () => {
  const { result } = read({ ...complete, INPUT_BATCH: `\u001b[2J\n::error::${'x'.repeat(1_000)}` });

  assert.ok(!result.ok);
  const got = result.problems[0]?.got ?? '';
  assert.ok(got.length < 200);
  assert.ok(!got.includes('\n') && !got.includes('\u001b'));
});

test('an unknown input is named, with the one that was meant', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['INPUT_MIN-AVAILBLE', /"min-availble".*Did you mean "min-available"\?/],
    ['INPUT_BACTH', /Did you mean "batch"\?/],
    ['INPUT_SOMETHING-ELSE', /"something-else" is not known and has no effect\.$/],
  ];
  for (const [variable, expected] of cases) {
    const { result, unknown } = read({ ...complete, [variable]: '1' });

    assert.ok(result.ok);
    assert.equal(unknown.length, 1);
    assert.match(unknown[0] ?? '', expected);
  }
});

const accepted: readonly (readonly [string, InputType<unknown>, string, unknown])[] = [
  ['text', text, ' a b ', 'a b'],
  ['version', version, '1.4.2+7', '1.4.2+7'],
  ['flag true', flag, 'True', true],
  ['flag false', flag, 'FALSE', false],
  ['integer', integer(1, 10), '10', 10],
  ['negative integer', integer(-5, 5), '-5', -5],
  ['duration', duration, '1h30m', 5_400_000],
  ['amount', amount, '2', { kind: 'count', count: 2 }],
  ['choice', choice('plan', 'apply'), 'apply', 'apply'],
  ['lines keep commas', lines, 'a, b\r\n\r\n c ', ['a, b', 'c']],
  ['list takes both', list, 'a, b\nc,', ['a', 'b', 'c']],
  ['path', path, ' ./a b/c ', './a b/c'],
  ['secret to the last byte', secretText, 'key\n', 'key\n'],
  ['json', json, '{"a": [1]}', { a: [1] }],
];
for (const [title, type, raw, value] of accepted) {
  test(`reads: ${title}`, () => {
    assert.deepEqual(type.parse(raw), { ok: true, value });
  });
}

const refused: readonly (readonly [string, InputType<unknown>, string])[] = [
  ['a boolean of YAML 1.1', flag, 'yes'],
  ['a flag with more words', flag, 'true false'],
  ['a fraction', integer(0, 10), '1.5'],
  ['a number outside', integer(0, 10), '11'],
  ['a number in another notation', integer(0, 1000), '1e2'],
  ['hexadecimal', integer(0, 1000), '0x10'],
  ['a number without unit', duration, '30'],
  ['a share above all', amount, '101%'],
  ['another word', choice('plan', 'apply'), 'Apply'],
  ['a key of every object', choice('plan', 'apply'), 'constructor'],
  ['a path of a name', name, '../etc'],
  ['an option as a name', name, '-rf'],
  ['a path with a line end', path, 'a\nb'],
  ['a path with a NUL', path, 'a\0b'],
  ['only commas', list, ', ,'],
  ['broken JSON', json, '{'],
];
for (const [title, type, raw] of refused) {
  test(`refuses: ${title}`, () => {
    assert.deepEqual(type.parse(raw), { ok: false });
  });
}

test('whatever is given, it is a value or a problem, never a crash', () => {
  const types = [text, name, version, flag, integer(0, 9), duration, amount, choice('a'), lines, list, path, json];
  const specs = Object.fromEntries(
    types.map((type, index): [string, InputSpec] => [`i${index}`, { type, description: 'Any.' }]),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (raw) => {
      const env = Object.fromEntries(Object.keys(specs).map((key) => [inputVariable(key), raw]));
      const { result } = parseInputs(specs, env);
      if (!result.ok) assert.ok(result.problems.every(({ fix }) => fix !== undefined));
    }),
    { numRuns: 500 },
  );
});
