import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { systemExec } from '@slipway/effects/exec-real';

/** A process that shrugs SIGTERM off and has let go of its pipes; its pid is the only output. */
const STUBBORN = '(trap "" TERM; exec >/dev/null 2>&1; while :; do sleep 1; done) & echo $!; sleep 600';

test('when time is up the whole group ends, also who ignores SIGTERM and holds no pipe', async () => {
  const finished = await systemExec.run({ argv: ['bash', '-c', STUBBORN], timeoutMs: 200 });

  assert.equal(finished.timedOut, true);
  assert.equal(lives(Number(finished.stdout)), false);
});

test('when the caller gives up the whole group ends too', async () => {
  const controller = new AbortController();
  let pid = 0;

  await assert.rejects(
    systemExec.run({
      argv: ['bash', '-c', STUBBORN],
      signal: controller.signal,
      onLine(line) {
        pid = Number(line);
        controller.abort(new Error('enough'));
      },
    }),
    /enough/,
  );

  assert.equal(lives(pid), false);
});

test('a group that ends on SIGTERM is not waited for', async () => {
  const finished = await systemExec.run({ argv: ['sleep', '600'], timeoutMs: 100 });

  assert.equal(finished.timedOut, true);
  assert.ok(finished.ms < 1_500, `${finished.ms} ms`);
});

/** A process that was killed but not yet collected by its new parent counts as gone. */
function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !isZombie(pid);
  } catch {
    return false;
  }
}

function isZombie(pid: number): boolean {
  return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}
