import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { RunContext } from '@slipway/kit/run-context';
import { createJob } from '../../support/runner/job.ts';

const actions = join(import.meta.dirname, 'actions');
const action = { main: join(actions, 'life.ts'), post: join(actions, 'post.ts') };
const run = async (MODE: string, debug = false) => {
  await using job = createJob({ env: { MODE }, debug });
  return await job.run({ action });
};

describe('an action', { concurrency: 2 }, () => {
  test('knows its run, and hands state from main to post', async () => {
    await using job = createJob({ env: { MODE: 'ok' }, github: { run_number: '7', run_attempt: '2' } });

    const step = await job.run({ action });
    const [post] = await job.post();

    assert.equal(step.outcome, 'success');
    const context = JSON.parse(/^\{.*\}$/m.exec(step.log)?.[0] ?? '') as RunContext;
    assert.deepEqual(context, {
      workspace: job.workspace,
      temp: job.temp,
      repository: 'acme/shop',
      ref: 'refs/heads/main',
      sha: '0123456789abcdef0123456789abcdef01234567',
      run: { id: '1001', attempt: 2, number: 7, url: 'https://github.com/acme/shop/actions/runs/1001' },
      actor: 'octocat',
      event: 'push',
    });
    assert.equal(post?.log.split('\n').at(-1), 'post ["from \\"main\\"","second\\nline"]');
  });

  test('is post in its post step, also when main was killed before its first word', async () => {
    await using job = createJob({ env: { MODE: 'ok' } });
    await job.start({ action }).kill();

    const [post] = await job.post();

    assert.equal(post?.log, 'post undefined');
  });

  test('prints what the user can act on without a stack, and fails', async () => {
    const step = await run('user-error');

    assert.equal(step.outcome, 'failure');
    assert.equal(step.exit.code, 1);
    assert.deepEqual(
      step.annotations.map(({ message }) => message),
      ['One thing.\n  got:     1\n  allowed: 2\n  fix:     a: 2\nAnother thing.'],
    );
  });

  test('shows the cause of a user error in debug mode only', async () => {
    assert.doesNotMatch((await run('hidden-cause')).log, /ECONNREFUSED/);
    assert.match((await run('hidden-cause', true)).log, /ECONNREFUSED/);
  });

  test('keeps the stack of a bug, with its causes', async () => {
    const step = await run('bug');

    assert.equal(step.outcome, 'failure');
    assert.match(step.annotations[0]?.message ?? '', /Error: outer\n.*life\.ts.*Caused by: Error: inner\n.*life\.ts/s);
  });

  test('only warns when post fails', async () => {
    await using job = createJob({ env: { MODE: 'bug' } });
    await job.run({ action });

    const [post] = await job.post();

    assert.equal(post?.outcome, 'success');
    assert.deepEqual(
      post?.annotations.map(({ level }) => level),
      ['warning'],
    );
  });

  test('ends although sockets and timers hang, with all it printed', async () => {
    const step = await run('hang');

    assert.equal(step.outcome, 'success');
    assert.match(step.log, /xend$/);
    assert.ok(step.ms < 5_000);
  });

  test('is not green when its work is lost', async () => {
    const step = await run('lost');

    assert.equal(step.outcome, 'failure');
    assert.match(step.annotations[0]?.message ?? '', /ended before its work was done/);
  });

  test('fails by an error that nobody caught, after the work came to its end', async () => {
    const step = await run('stray');

    assert.equal(step.outcome, 'failure');
    assert.match(step.log, /nobody caught this.*cleaned up/s);
  });

  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    test(`gets the chance to end on ${name}; further signals do not cut it short`, async () => {
      await using job = createJob({ env: { MODE: 'cancel' } });
      const running = job.start({ action });
      await running.seen(/^ready/);
      process.kill(running.pid, name);
      await running.seen(/^cleaning/);
      process.kill(running.pid, 'SIGINT');
      process.kill(running.pid, 'SIGTERM');

      const step = await running.step;

      assert.match(step.log, /cleaned\n##\[error\]The run was cancelled \(SIG(INT|TERM)\)\.$/);
      assert.equal(step.exit.code, 1);
    });
  }

  test('that finished in spite of a signal is green', async () => {
    await using job = createJob({ env: { MODE: 'finish' } });
    const running = job.start({ action });
    await running.seen(/^ready/);

    const step = await running.cancel();

    assert.equal(step.exit.code, 0);
    assert.ok(step.ms < 5_000);
  });

  test('cleans up although its runner is gone', async () => {
    const child = spawn(process.execPath, ['--conditions=@slipway/source', action.main], {
      env: { ...process.env, MODE: 'cancel' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for await (const chunk of child.stdout) if (String(chunk).includes('ready')) break;
    child.stdout.destroy();
    child.stderr.destroy();
    const began = performance.now();
    child.kill('SIGINT');

    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];

    assert.deepEqual([code, signal], [1, null]);
    assert.ok(performance.now() - began >= 490, 'it left before the cleanup was done');
  });
});
