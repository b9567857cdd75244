import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { describeProblem, isProblems } from '@slipway/kernel/errors';
import { configId, formatVariables, parseEnvFile } from '@slipway/vm/env-file';

const readings: readonly [string, string, Readonly<Record<string, string>>][] = [
  ['nothing but comments', '# a\n\n   # b', {}],
  ['plain values', 'A=1\nB = two words \nC=\n', { A: '1', B: 'two words', C: '' }],
  ['a comment behind a value, and a # in it', 'A=x # y\nB=x#y\nC=#z', { A: 'x', B: 'x#y', C: '' }],
  ['an export, and line ends of Windows', '\uFEFFexport A=1\r\nB=2\r\n', { A: '1', B: '2' }],
  ['single quotes, as it is', `A='$x \\n "q" # no' # yes`, { A: '$x \\n "q" # no' }],
  [
    'double quotes, with escapes',
    'A="a\\nb\\t\\"q\\" \\\\ \\$x $y \\q" # c\nB=1',
    { A: 'a\nb\t"q" \\ $x $y \\q', B: '1' },
  ],
  ['quotes over lines', `A="a\nb"\nB='c\n\nd'\nC=1`, { A: 'a\nb', B: 'c\n\nd', C: '1' }],
  ['an equals sign in the value', 'URL=postgres://u:p@h/db?a=b', { URL: 'postgres://u:p@h/db?a=b' }],
];
for (const [name, text, expected] of readings) {
  test(`an env-file is read: ${name}`, () => {
    const file = parseEnvFile(text);

    assert.ok(!isProblems(file));
    assert.deepEqual(Object.fromEntries(file.variables), expected);
  });
}

test('all that is wrong is told with its line, and never with a value', () => {
  const secret = 'hunter2-hunter2';
  const text = `A=1\nno equals ${secret}\nA=2\n1B=${secret}\nSLIPWAY_X=1\nPORT=1\nUID=0\nC="${secret}" more\nD='${secret}`;

  const problems = parseEnvFile(text, ['PORT']);

  assert.ok(isProblems(problems));
  const told = problems.map(describeProblem).join('\n');
  assert.deepEqual(
    problems.map(({ what }) => what),
    [
      'env-file, line 2: there is no "NAME=" in it.',
      'env-file, line 3: A is given twice.',
      'env-file, line 4: what stands before "=" is no name of a variable.',
      'env-file, line 5: SLIPWAY_X is set by Slipway itself.',
      'env-file, line 6: PORT is set by Slipway itself.',
      'env-file, line 7: UID belongs to the shell.',
      `env-file, line 8: something stands behind the closing " of C.`,
      `env-file, line 9: the ' of D is never closed.`,
    ],
  );
  assert.ok(!told.includes(secret));
});

test('order and comments do not change a configuration; values and the key do', () => {
  assert.equal(idOf('A=1\nB=2'), idOf('# other\nB="2"\nA=\'1\'\n'));
  assert.notEqual(idOf('A=1'), idOf('A=2'));
  assert.notEqual(idOf('A=1'), idOf('A=1', 'other'));
  assert.match(idOf(''), /^[0-9a-f]{32}$/);
});

function idOf(text: string, key = 'k'): string {
  const file = parseEnvFile(text);
  assert.ok(!isProblems(file));
  return configId(formatVariables(file), key);
}

for (const shell of ['dash', 'bash', 'busybox']) {
  test(`${shell} reads back every value as it was given`, (t) => {
    const value = ' a"b\'c`d$e\\f\n\tg$(h)${i}!*? ';
    const file = parseEnvFile(`A='${value.replace("'", '')}'\nB="x"`);
    assert.ok(!isProblems(file));

    const applet = shell === 'busybox' ? ['sh'] : [];
    const args = [...applet, '-c', 'set -au; eval "$1"; exec env -0', 'sh', formatVariables(file)];
    const { stdout, error } = spawnSync(shell, args, { encoding: 'utf8' });
    if (error !== undefined) return t.skip(`${shell} is not on the PATH`);

    assert.ok(stdout.split('\0').includes(`A=${value.replace("'", '')}`), stdout);
  });
}
