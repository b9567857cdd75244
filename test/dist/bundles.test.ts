import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import type { ActionSpec } from '@slipway/kit/spec';
import { createJob } from '../support/runner/job.ts';

const EAGER_BYTES = 1.5 * 1024 * 1024;

for (const name of readdirSync('actions').toSorted()) {
  test(`${name}: the bundle starts alone and names every input that is missing, at once`, async () => {
    const { action } = (await import(`../../actions/${name}/src/inputs.ts`)) as { action: ActionSpec };
    const required = Object.entries(action.inputs).filter(([, input]) => input.required === true);
    await using job = createJob({ env: { GITHUB_REPOSITORY: '' } });

    const step = await job.run({ action: name, with: {} });

    assert.equal(step.outcome, required.length > 0 ? 'failure' : step.outcome);
    for (const [input] of required) assert.match(step.log, new RegExp(`\\b${input}\\b`));
    assert.doesNotMatch(step.log, /^\s+at .*\(/m, 'an error of the user has no stack');
  });

  test(`${name}: what is loaded at the start is small, and the licences are told`, () => {
    const { size } = statSync(`dist/${name}/index.js`);

    assert.ok(size <= EAGER_BYTES, `${size} bytes`);
    assert.ok(existsSync(`dist/${name}/licenses.txt`));
    assert.deepEqual(JSON.parse(readFileSync(`dist/${name}/package.json`, 'utf8')), { type: 'module' });
  });
}
