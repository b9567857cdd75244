import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import type { ActionSpec } from '@slipway/kit/spec';
import { amount, choice, duration, secretText } from '@slipway/kit/types';
import { fillReadme, renderActionFile } from '../../.github/scripts/render-action.ts';
import { parseTree } from '../support/runner/action-file.ts';
import { temporaryFolder } from '../support/temp.ts';

const README =
  '# x\n\n<!-- inputs:start -->\nold\n<!-- inputs:end -->\n\nkept\n<!-- outputs:start --><!-- outputs:end -->\n';
const action: ActionSpec = {
  name: 'x',
  description: 'Does "x": a # b.',
  branding: { icon: 'box', color: 'blue' },
  post: true,
  inputs: {
    batch: { type: amount, default: '25%', description: 'Members at a time.' },
    wait: { type: duration, unit: 'seconds', required: true, description: 'How long: a | b.' },
    mode: { type: choice('plan', 'apply'), default: 'apply', description: 'What to do.' },
    token: { type: secretText, secret: true, default: '${{ github.token }}', description: 'As `${{ secrets.X }}`.' },
  },
  outputs: { digest: { description: 'The digest.' } },
};

test('action.yml holds the spec; expressions stand in defaults only', () => {
  const tree = parseTree(renderActionFile(action));

  assert.deepEqual(tree, {
    name: 'Slipway x',
    description: 'Does "x": a # b.',
    branding: { icon: 'box', color: 'blue' },
    inputs: {
      batch: { description: 'Members at a time. Default: 25%.', required: false, default: '25%' },
      wait: { description: 'How long: a | b. In seconds.', required: true },
      mode: { description: 'What to do. Default: apply.', required: false, default: 'apply' },
      token: { description: 'As `secrets.X`. Default: github.token.', required: false, default: '${{ github.token }}' },
    },
    outputs: { digest: { description: 'The digest.' } },
    runs: {
      using: 'node24',
      main: '../../dist/x/index.js',
      post: '../../dist/x/post.js',
      'post-if': 'always()',
    },
  });
});

test('the README keeps all but its two blocks', () => {
  const filled = fillReadme(README, action);

  assert.ok(filled.startsWith('# x\n\n<!-- inputs:start -->\n| input |'));
  assert.match(filled, /\n\| `wait` \| duration \(seconds\) \| \*\*required\*\* \| How long: a \\\| b\. \|\n/);
  assert.match(filled, /\n\| `mode` \| `plan`, `apply` \| `apply` \| What to do\. \|\n/);
  assert.match(filled, /\nkept\n<!-- outputs:start -->\n\| output \|/);
  assert.equal(fillReadme(filled, action), filled);
});

test('a README without a place for the tables is an error', () => {
  assert.throws(() => fillReadme('# x\n', action), /needs the lines <!-- inputs:start --> and <!-- inputs:end -->/);
});

test('docs writes; docs --check only compares, and names the command to run', async () => {
  await using folder = temporaryFolder();
  const at = (path: string): string => folder.at('actions', 'x', path);
  mkdirSync(at('src'), { recursive: true });
  mkdirSync(folder.at('actions', 'unfinished'));
  const spec = { ...action, inputs: {}, outputs: {} };
  writeFileSync(at(join('src', 'inputs.ts')), `export const action = ${JSON.stringify(spec)};\n`);
  writeFileSync(at('README.md'), README);
  const docs = (...args: readonly string[]) =>
    spawnSync(process.execPath, ['--conditions=@slipway/source', resolve('.github/scripts/docs.ts'), ...args], {
      cwd: folder.path,
      encoding: 'utf8',
    });

  const before = docs('--check');
  const written = docs();
  const after = docs('--check');

  assert.equal(before.status, 1);
  assert.match(before.stderr, /actions\/x\/action\.yml\nactions\/x\/README\.md\nRun: npm run docs/);
  assert.deepEqual([written.status, after.status, after.stderr], [0, 0, '']);
  assert.equal(readFileSync(at('action.yml'), 'utf8'), renderActionFile(spec));
});

test('the program that a README offers for `service: command` is the one that is tried', () => {
  const program = readFileSync('test/fixtures/service-command/shop-service', 'utf8');

  assert.ok(readFileSync('actions/deploy-vm/README.md', 'utf8').includes(program));
});
