import assert from 'node:assert/strict';
import { matchesGlob } from 'node:path';
import { describe, test } from 'node:test';
import { globExpression } from '@slipway/kernel/glob';
import * as fc from 'fast-check';

describe('a pattern', () => {
  const cases: readonly (readonly [pattern: string, yes: readonly string[], no: readonly string[]])[] = [
    ['target/*.{jar,war}', ['target/a.jar', 'target/b.war'], ['target/a.zip', 'a/target/a.jar', 'target/x/a.jar']],
    ['**/junit*.xml', ['junit.xml', 'a/b/junit-1.xml'], ['a/my-junit.xml', 'junit.xml.bak']],
    ['reports/**/*.xml', ['reports/a.xml', 'reports/x/y/a.xml'], ['a/reports/a.xml', 'reports/a.txt']],
    ['build/**', ['build/a', 'build/a/b'], ['build', 'rebuild/a']],
    ['./out.xml', ['out.xml'], ['a/out.xml']],
    ['a?c', ['abc'], ['ac', 'a/c']],
    ['a.b+(c)[d]', ['a.b+(c)[d]'], ['aXb+(c)[d]']],
    ['{a', ['{a'], ['a']],
    ['x{,.min}.js', ['x.js', 'x.min.js'], ['x.max.js']],
  ];
  for (const [pattern, yes, no] of cases) {
    test(pattern, () => {
      const expression = globExpression(pattern);

      assert.deepEqual(
        [...yes, ...no].filter((path) => expression.test(path)),
        yes,
      );
    });
  }
});

test('without dots in front it means what the globs of Node mean', () => {
  const piece = fc.constantFrom('a', 'b', '.xml', '*', '?', '/', '**/');
  const path = fc
    .constantFrom('a', 'b')
    .chain((first) => fc.array(fc.constantFrom('a', 'b', '.xml', '/')).map((rest) => [first, ...rest].join('')));
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1 }), path, (pieces, given) => {
      const pattern = pieces.join('');
      // Node hides names with a leading dot, and treats doubled slashes and `**` inside a name in its own way.
      fc.pre(!/(^|\/)(\.|$)|\/\//.test(given) && !/\/\/|\*\*[^/]|[^/]\*\*|\*\*$|^\/|(^|\/)\.|\/$/.test(pattern));

      assert.equal(globExpression(pattern).test(given), matchesGlob(given, pattern), `${pattern} on ${given}`);
    }),
    { numRuns: 300 },
  );
});
