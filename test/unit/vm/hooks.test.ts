import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isProblems } from '@slipway/kernel/errors';
import { splitWords } from '@slipway/kernel/words';
import { parseCommand, parseHooks } from '@slipway/vm/hooks/hook';
import { parseShared } from '@slipway/vm/shared';

const words: readonly [string, readonly string[] | undefined][] = [
  ['', []],
  ['  bin/x  --all ', ['bin/x', '--all']],
  [`sh -c 'a "b" $c'`, ['sh', '-c', 'a "b" $c']],
  [`a"b c"'d e'f "" ''`, ['ab cd ef', '', '']],
  ['a\\ b "c\\"d\\\\e\\f"', ['a b', 'c"d\\e\\f']],
  ['a|b;c>d $HOME *', ['a|b;c>d', '$HOME', '*']],
  [`a 'b`, undefined],
  ['a "b\\"', undefined],
  ['a\\', undefined],
];
for (const [text, expected] of words) {
  test(`the words of ${JSON.stringify(text)}`, () => assert.deepEqual(splitWords(text), expected));
}

test('a hook is a moment, a place, a time and a program', () => {
  const read = parseHooks([
    '# comments do not count',
    'after-start on host: bin/warm-up --all',
    "before-shift on runner within 2m:  sh -c 'curl x && y'",
  ]);

  assert.ok(!isProblems(read));
  assert.deepEqual(read.hooks, [
    { moment: 'after-start', on: 'host', argv: ['bin/warm-up', '--all'], timeoutMs: 300_000 },
    { moment: 'before-shift', on: 'runner', argv: ['sh', '-c', 'curl x && y'], timeoutMs: 120_000 },
  ]);
});

test('every line that is no hook is told', () => {
  const lines = [
    'after-start: x',
    'after-strat on host: x',
    'after-start on hosts: x',
    'after-start on host within 0s: x',
    `on-failure on once: "x`,
  ];

  const problems = parseHooks(lines);

  assert.ok(isProblems(problems));
  assert.deepEqual(
    problems.map(({ got }) => got),
    lines,
  );
  assert.match(problems[1]?.what ?? '', /Did you mean "after-start"\?/);
});

test('a migration is a program with arguments, or a problem', () => {
  assert.deepEqual(parseCommand('migrate', 'bin/migrate --to "a b"'), { argv: ['bin/migrate', '--to', 'a b'] });
  assert.ok(isProblems(parseCommand('migrate', `'x`)));
});

test('shared paths: a name with a dot is a file, any other and one with a slash a folder', () => {
  const read = parseShared(['var/uploads', 'config/local.yml', 'conf.d/', '.env']);

  assert.ok(!isProblems(read));
  assert.deepEqual(read.paths, ['.env', 'conf.d/', 'config/local.yml', 'var/uploads/']);
});

test('shared paths that lead elsewhere, or into one another, are told', () => {
  const problems = parseShared(['/etc', '../x', 'a/../b', 'a b', '.slipway/hooks', 'var', 'var/uploads', 'var/']);

  assert.ok(isProblems(problems));
  assert.deepEqual(
    problems.map(({ got }) => got),
    ['/etc', '../x', 'a/../b', 'a b', '.slipway/hooks', 'var/uploads', 'var/'],
  );
});
