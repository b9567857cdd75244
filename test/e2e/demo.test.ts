import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { DemoResult } from '../demo/table.ts';
import { requirePart } from '../support/require.ts';

const DEMO = fileURLToPath(new URL('../demo/main.ts', import.meta.url));

// One run of a minute at most: the slow lane of the tests.
test('the demo loses no request, and goes the way it tells', { timeout: 120_000 }, async (t) => {
  if (['git', 'ssh', 'sshd', 'haproxy'].some((program) => requirePart(t, program) === undefined)) return;
  const child = spawn(process.execPath, ['--conditions=@slipway/source', DEMO, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill());
  const status = new Promise((resolve) => child.once('exit', resolve));
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);

  assert.equal(await status, 0, output + errors);
  const result = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as DemoResult;
  assert.equal(result.failed, 0);
  assert.ok(result.requests >= 5_000, `${result.requests} requests`);
  assert.ok(result.phases.length >= 6);
  const told = result.phases.map(({ name, outcome, version }) => `${name}: ${outcome}, ${version}`);
  assert.deepEqual(told.slice(0, 5), [
    'deploy v1: deployed, v1',
    'deploy v2: deployed, v2',
    'deploy broken v3: rolled-back, v2',
    'deploy v2 once more: unchanged, v2',
    'roll back: rolled-back, v1',
  ]);
});
