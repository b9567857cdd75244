import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { systemExec } from '@slipway/effects/exec-real';
import type { BuildStep } from '@slipway/image/builders/builder';
import { runStep } from '@slipway/image/run-step';
import { keptLog } from '../../support/kept-log.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temp.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

const PASSING = 'echo "received unexpected HTTP status: 502 Bad Gateway" >&2; exit 1';
const LASTING = 'echo "denied: requested access to the resource is denied" >&2; exit 1';
/** In one command: the build speaks of a time-out, and what failed is the build. */
const FLAKY_BUILD = 'echo "wget: connection timed out" >&2; exit 1';
const FAILED_PUSH =
  'echo "ERROR: failed to push r/x: unexpected status from PUT request: 503 Service Unavailable" >&2; exit 1';

/** Runs a script that counts how often it was started. */
async function run(dir: TemporaryFolder, does: BuildStep['does'], script: string) {
  const log = keptLog();
  const step: BuildStep = {
    does,
    argv: ['sh', '-c', `echo x >> tries; [ $(wc -l < tries) -gt 3 ] || { ${script}; }; echo done`],
  };
  const outcome = await runStep(
    step,
    { folder: dir.path, env: process.env },
    { exec: systemExec, clock: virtualClock(), log },
  ).then(
    ({ stdout }) => stdout,
    (thrown: Error) => thrown.message,
  );
  return { outcome, log, tries: readFileSync(dir.at('tries'), 'utf8').length / 2 };
}

describe('a step that fails', () => {
  const cases: readonly (readonly [
    name: string,
    does: BuildStep['does'],
    script: string,
    tries: number,
    said: RegExp,
  ])[] = [
    ['a push, for a passing reason', 'push', PASSING, 4, /^done\n$/],
    [
      'a push, for good',
      'push',
      LASTING,
      1,
      /^The image could not be pushed: "sh -c" ended with status 1\. Its last lines:\n {2}denied: /,
    ],
    ['a build, whatever it says', 'build', PASSING, 1, /^The image could not be built: /],
    ['a build that would also push', 'build and push', FLAKY_BUILD, 1, /^The image could not be built: /],
    ['the push of a build', 'build and push', FAILED_PUSH, 4, /^done\n$/],
    ['by a signal', 'build', 'kill -9 $$', 1, /ended by signal SIGKILL\.$/],
  ];

  for (const [name, does, script, tries, said] of cases) {
    test(name, async () => {
      await using dir = temporaryFolder();

      const result = await run(dir, does, script);

      assert.match(result.outcome, said);
      assert.equal(result.tries, tries);
    });
  }

  test('tells its last twenty lines, without colours, in the order in which they came', async () => {
    await using dir = temporaryFolder();

    const { outcome, log } = await run(
      dir,
      'build',
      `i=0; while [ $i -lt 30 ]; do i=$((i+1)); printf '\\033[91mline %s\\033[0m\\n' $i; done; exit 7`,
    );

    const [first, ...lines] = outcome.split('\n');
    assert.equal(first, 'The image could not be built: "sh -c" ended with status 7. Its last lines:');
    assert.deepEqual(
      lines,
      Array.from({ length: 20 }, (_item, index) => `  line ${index + 11}`),
    );
    assert.equal(log.told.filter(([level]) => level === 'foreign').length, 30);
  });
});
