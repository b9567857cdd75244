import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readYaml } from '@slipway/k8s/manifests/yaml';
import { isObject } from '@slipway/kernel/json';
import * as fc from 'fast-check';
import { stringify } from 'yaml';

const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n';

test('documents are taken apart, empty ones do not count, and each object knows its place', () => {
  const text = `# only words\n---\n${MAP}---\n---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: b\n`;

  const { manifests, problems } = readYaml(text, 'k8s/all.yaml');

  assert.deepEqual(problems, []);
  assert.deepEqual(
    manifests.map(({ object, at }) => [object.kind, object.metadata.name, at]),
    [
      ['ConfigMap', 'a', 'k8s/all.yaml, document 1, line 3'],
      ['Secret', 'b', 'k8s/all.yaml, document 3, line 8'],
    ],
  );
});

test('lists are taken apart, also those of one kind and lists within', () => {
  const inner = { kind: 'ConfigMapList', apiVersion: 'v1', items: [{ metadata: { name: 'b' } }] };
  const text = JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }, inner],
  });

  const { manifests, problems } = readYaml(text, 'a.json');

  assert.deepEqual(problems, []);
  assert.deepEqual(
    manifests.map(({ object, at }) => [object.apiVersion, object.kind, object.metadata.name, at]),
    [
      ['v1', 'Pod', 'a', 'a.json, line 1, item 1'],
      ['v1', 'ConfigMap', 'b', 'a.json, line 1, item 2, item 1'],
    ],
  );
});

describe('scalars mean what they mean to kubectl', () => {
  // Read off: kubectl label --local -f f.yaml a=b -o json
  const rows: readonly (readonly [text: string, value: unknown])[] = [
    ['0644', 420],
    ['0o17', 15],
    ['0x10', 16],
    ['0b11', 3],
    ['1_000', 1000],
    ['089', 89],
    ['+12', 12],
    ['1e3', 1000],
    ['.5', 0.5],
    ['yes', true],
    ['Y', true],
    ['on', true],
    ['NO', false],
    ['off', false],
    ['True', true],
    ['1:30', '1:30'],
    ['2001-01-01', '2001-01-01'],
    ['"yes"', 'yes'],
    ["'0644'", '0644'],
    ['~', null],
  ];
  for (const [text, value] of rows) {
    test(text, () => {
      const { manifests, problems } = readYaml(`${MAP}spec: { value: ${text} }\n`, 'a.yaml');

      assert.deepEqual(problems, []);
      assert.deepEqual(manifests[0]?.object.spec, { value });
    });
  }
});

test('anchors and merge keys work', () => {
  const { manifests } = readYaml(`${MAP}spec:\n  base: &b { x: 1 }\n  more: { <<: *b, z: 2 }\n`, 'a.yaml');

  assert.deepEqual(manifests[0]?.object.spec?.more, { x: 1, z: 2 });
});

describe('what is wrong is told with file, document and line', () => {
  const rows: readonly (readonly [name: string, text: string, what: RegExp])[] = [
    ['broken YAML', `${MAP}---\na: b: c\n`, /^k8s\.yaml, document 2, line 5: Nested mappings/],
    ['a key twice', 'kind: A\nkind: B\n', /^k8s\.yaml, line 2: Map keys must be unique/],
    ['no object', `${MAP}---\n- 1\n`, /^k8s\.yaml, document 2, line 5: this is no object/],
    [
      'no kind and name',
      '\napiVersion: v1\nmetadata: {}\n',
      /^k8s\.yaml, line 2: the object lacks kind, metadata\.name/,
    ],
    [
      'a name that is no text',
      'apiVersion: v1\nkind: Pod\nmetadata: { name: 12 }\n',
      /of kind Pod lacks metadata\.name/,
    ],
    ['an item of a list', '{kind: List, apiVersion: v1, items: [3]}', /^k8s\.yaml, line 1, item 1: this is no object/],
    ['an unknown anchor', `${MAP}spec: *nowhere\n`, /^k8s\.yaml, line 1: Unresolved alias/],
  ];
  for (const [name, text, what] of rows) {
    test(name, () => {
      const { problems } = readYaml(text, 'k8s.yaml');

      assert.equal(problems.length, 1, JSON.stringify(problems));
      assert.match(problems[0]?.what ?? '', what);
    });
  }

  test('every broken document is named, and the others are read', () => {
    const { manifests, problems } = readYaml(`a: [\n---\n${MAP}---\nb: ]\n`, 'k8s.yaml');

    assert.equal(manifests.length, 1);
    assert.match(problems.map(({ what }) => what).join('\n'), /document 1, line .*\n.*document 3, line/s);
  });
});

test('a broken Secret is not quoted', () => {
  const { problems } = readYaml('apiVersion: v1\nkind: Secret\nstringData:\n  a: hunter2: x\n', 's.yaml');

  assert.equal(problems.length, 1);
  assert.doesNotMatch(JSON.stringify(problems), /hunter2/);
});

test('a template is told to be rendered, a generated name to be written', () => {
  const template = readYaml('{{- if .Values.x }}\na: b\n', 't.yaml').problems;
  const generated = readYaml(
    'apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: migrate- }\n',
    'j.yaml',
  ).problems;

  assert.match(template[0]?.fix ?? '', /helm template/);
  assert.match(generated[0]?.fix ?? '', /^name: migrate /);
});

test('whatever is written as YAML is read back', () => {
  const key = fc.stringMatching(/^[a-z]{1,8}$/);
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(key, tie('any'), { maxKeys: 3, noNullPrototype: true }),
    ),
  })).any;
  fc.assert(
    fc.property(fc.array(value, { maxLength: 4 }), (specs) => {
      const objects = specs.map((spec, index) => ({
        apiVersion: 'v1',
        kind: 'Thing',
        metadata: { name: `t${index}` },
        spec,
      }));
      const text = objects.map((object) => stringify(object, { version: '1.1' })).join('---\n');

      const { manifests, problems } = readYaml(text, 'p.yaml');

      assert.deepEqual(problems, []);
      assert.deepEqual(manifests.map(({ object }) => object).filter(isObject), objects);
    }),
  );
});
