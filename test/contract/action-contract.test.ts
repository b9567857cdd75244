import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { ActionSpec, InputSpec } from '@slipway/kit/spec';
import { fillReadme, renderActionFile } from '../../.github/scripts/render-action.ts';
import { readActionFile } from '../support/runner/action-file.ts';

const names = readdirSync('actions').toSorted();
const COLORS = ['white', 'black', 'yellow', 'blue', 'green', 'orange', 'red', 'purple', 'gray-dark'];

for (const name of names) {
  const file = (path: string): string => readFileSync(join('actions', name, path), 'utf8');
  const { action } = (await import(pathToFileURL(resolve('actions', name, 'src', 'inputs.ts')).href)) as {
    action: ActionSpec;
  };

  test(`${name}: action.yml says what the spec says`, () => {
    const actual = readActionFile(join('actions', name, 'action.yml'));

    assert.deepEqual(
      actual.inputs,
      Object.fromEntries(
        Object.entries(action.inputs).map(([input, { required, default: preset }]) => [
          input,
          { required: required === true, ...(preset === undefined ? {} : { default: preset }) },
        ]),
      ),
    );
    assert.deepEqual(actual.outputs, Object.keys(action.outputs));
    assert.equal(actual.using, 'node24');
    assert.equal(actual.post, action.post === true ? resolve('dist', name, 'post.js') : undefined);
    assert.equal(actual.postIf, 'always()');
    assert.equal(actual.main, resolve('dist', name, 'index.js'));
    assert.equal(file('action.yml'), renderActionFile(action), 'run: npm run docs');
  });

  test(`${name}: the README's tables say what the spec says`, () => {
    assert.equal(file('README.md'), fillReadme(file('README.md'), action), 'run: npm run docs');
  });

  test(`${name}: the spec is in order`, () => {
    assert.equal(action.name, name);
    assert.ok(COLORS.includes(action.branding.color), 'a colour that the marketplace knows');
    assert.match(action.description, /^[A-Z].*\.$/, 'a sentence');
    const problems = [
      ...Object.entries(action.inputs).flatMap(wrongInput),
      ...Object.entries(action.outputs).flatMap(wrongOutput),
    ];
    assert.deepEqual(problems, []);
  });

  test(`${name}: the files that action.yml names are there`, {
    skip: !existsSync('dist') && 'dist is not built',
  }, () => {
    const { main, post = main } = readActionFile(join('actions', name, 'action.yml'));

    for (const path of [main, post]) assert.ok(existsSync(path), `${path} is missing; run: npm run build`);
  });
}

function wrongInput([name, input]: [string, InputSpec]): readonly string[] {
  const { type, default: preset, example } = input;
  // A block of YAML and an expression are not the text that the type reads.
  const given = [preset, example].filter(
    (text) => text !== undefined && !text.startsWith('|') && !text.includes('${{'),
  );
  return [
    ...(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) ? [] : [`${name}: not in kebab case`]),
    ...(/^[A-Z`].*\.$/s.test(input.description) ? [] : [`${name}: the description is no sentence`]),
    ...(input.required === true && preset !== undefined ? [`${name}: required, with a default`] : []),
    ...given
      .filter((text) => !type.parse(text ?? '').ok)
      .map((text) => `${name}: its own type refuses ${JSON.stringify(text)}`),
  ];
}

function wrongOutput([name, { description }]: [string, { description: string }]): readonly string[] {
  return /^[A-Z`].*\.$/s.test(description) ? [] : [`${name}: the description is no sentence`];
}
