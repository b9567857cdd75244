import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { differences } from '@slipway/k8s/plan/differences';
import { lineDifferences } from '@slipway/k8s/plan/line-differences';
import type { JsonObject } from '@slipway/kernel/json';
import * as fc from 'fast-check';

describe('one leaf a line', () => {
  const rows: readonly (readonly [
    name: string,
    before: JsonObject | undefined,
    after: JsonObject | undefined,
    lines: readonly string[],
  ])[] = [
    ['the same in another order', { a: 1, b: { c: [1] } }, { b: { c: [1] }, a: 1 }, []],
    ['a value', { spec: { replicas: 3 } }, { spec: { replicas: 4 } }, ['- spec.replicas: 3', '+ spec.replicas: 4']],
    ['a new branch', {}, { a: { b: { c: 'x' }, d: true } }, ['+ a.b.c: x', '+ a.d: true']],
    ['a branch that goes', { a: { b: 1, c: 2 } }, {}, ['- a.b: 1', '- a.c: 2']],
    ['from nothing', undefined, { a: 1 }, ['+ a: 1']],
    ['another kind of value', { a: 1 }, { a: { b: 1 } }, ['- a: 1', '+ a: {"b":1}']],
    ['texts that need quotes', { a: '' }, { a: 'b: c' }, ['- a: ""', '+ a: "b: c"']],
    ['texts and numbers', { a: 8080 }, { a: '8080' }, ['- a: 8080', '+ a: "8080"']],
    ['texts that need none', { a: 'v1' }, { a: 'r:5000/a@sha256:b' }, ['- a: v1', '+ a: r:5000/a@sha256:b']],
    ['keys that need quotes', { a: {} }, { a: { 'x.io/y': 'z' } }, ['- a: {}', '+ a: {"x.io/y":"z"}']],
    ['labels', { a: { b: '1' } }, { a: { b: '1', 'x.io/y': 'z' } }, ['+ a["x.io/y"]: z']],
    [
      'items by name',
      {
        c: [
          { name: 'app', image: 'a' },
          { name: 'side', image: 's' },
        ],
      },
      {
        c: [
          { name: 'side', image: 's' },
          { name: 'app', image: 'b' },
          { name: 'new', image: 'n' },
        ],
      },
      ['- c[app].image: a', '+ c[app].image: b', '+ c[new].image: n'],
    ],
    ['lists without names', { args: ['a', 'b'] }, { args: ['a'] }, ['- args: ["a","b"]', '+ args: ["a"]']],
    ['a long value', { a: 'x' }, { a: 'y'.repeat(200) }, ['- a: x', `+ a: ${'y'.repeat(160)}...`]],
    ['a text of lines', { f: 'a\nb\nc\n' }, { f: 'a\nB\nc\n' }, ['  f:', '- b', '+ B']],
  ];
  for (const [name, before, after, lines] of rows) {
    test(name, () => {
      assert.deepEqual(differences(before, after), lines);
    });
  }
});

test('of a Secret only what changes is told, never to what', () => {
  const before = { kind: 'Secret', type: 'Opaque', data: { a: 'aHVudGVyMQ==', b: 'aHVudGVyMg==', c: 'x' } };
  const after = {
    kind: 'Secret',
    type: 'Opaque',
    data: { b: 'aHVudGVyMw==', c: 'x', 'd.e': 'aHVudGVyNA==' },
    immutable: true,
  };

  assert.deepEqual(differences(before, after), [
    '- data.a: (removed, not shown)',
    '~ data.b: (changed, not shown)',
    '+ data["d.e"]: (new, not shown)',
    '+ immutable: true',
  ]);
});

test('no content of a Secret is ever in the lines', () => {
  const data = fc.dictionary(
    fc.constantFrom('a', 'b', 'c'),
    fc.uuid().map((id) => `SECRET${id}`),
  );
  fc.assert(
    fc.property(fc.option(data), fc.option(data), (before, after) => {
      const [old, young] = [before, after].map((content) =>
        content === null ? undefined : { kind: 'Secret', data: content },
      );

      assert.doesNotMatch(differences(old, young).join('\n'), /SECRET/);
    }),
  );
});

const long = (word: string): string => Array.from({ length: 3_000 }, (_, index) => `${word}${index}`).join('\n');

const some = (word: string): string => Array.from({ length: 100 }, (_, index) => `${word}${index}`).join('\n');

describe('lines of texts', () => {
  test('turn the one into the other', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const marked = lineDifferences(before.join('\n'), after.join('\n'));

        const gone = marked.filter((line) => line.startsWith('- ')).map((line) => line.slice(2));
        const come = marked.filter((line) => line.startsWith('+ ')).map((line) => line.slice(2));
        assert.deepEqual([...before, ...come].toSorted(), [...after, ...gone].toSorted());
        assert.ok(isWithin(gone, before) && isWithin(come, after));
      }),
    );
  });

  test('are few, however long the texts', () => {
    assert.deepEqual(lineDifferences(long('a'), long('b')), ['- (3000 lines)', '+ (3000 lines)']);
    assert.equal(lineDifferences(some('a'), some('b')).length, 61);
    assert.equal(lineDifferences(some('a'), some('b')).at(-1), '  (140 more lines)');
    assert.deepEqual(lineDifferences(`${long('a')}\nx\n${long('b')}`, `${long('a')}\ny\n${long('b')}`), ['- x', '+ y']);
  });
});

/** Whether the items are in the list in this order. */
function isWithin(items: readonly string[], list: readonly string[]): boolean {
  let at = 0;
  return items.every((item) => {
    at = list.indexOf(item, at) + 1;
    return at > 0;
  });
}
