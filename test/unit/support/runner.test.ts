import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createJob, type Job, type JobOptions, type ScriptAction } from '../../support/runner/job.ts';

/** An action made of a few lines of JavaScript each. */
function action(job: Job, scripts: { pre?: string; main: string; post?: string }): ScriptAction {
  const write = (name: string, source: string): string => {
    const path = join(job.temp, `${name}-${performance.now()}.mjs`);
    writeFileSync(
      path,
      `import { appendFileSync, writeFileSync } from 'node:fs';\nconst env = process.env;\n${source}`,
    );
    return path;
  };
  const { pre, main, post } = scripts;
  return {
    main: write('main', main),
    ...(pre === undefined ? {} : { pre: write('pre', pre) }),
    ...(post === undefined ? {} : { post: write('post', post) }),
  };
}

async function runScript(main: string, options: JobOptions = {}) {
  await using job = createJob(options);
  return await job.run({ action: action(job, { main }) });
}

const print = (text: string): string => `process.stdout.write(${JSON.stringify(text)});`;
const append = (file: string, text: string): string => `appendFileSync(env.${file}, ${JSON.stringify(text)});`;

describe('a step', { concurrency: true }, () => {
  test('sees its inputs, defaults included, and where it runs', async () => {
    await using job = createJob({ github: { run_number: '7' }, env: { STAGE: 'test' } });
    const script = action(job, {
      main: `console.log(JSON.stringify([env['INPUT_DRY-RUN'], env.INPUT_TWO_WORDS, env.INPUT_TOKEN, env.INPUT_NONE,
        env.GITHUB_RUN_NUMBER, env.GITHUB_REPOSITORY, env.STAGE, process.cwd() === env.GITHUB_WORKSPACE, env.CI]));`,
    });

    const step = await job.run({
      action: {
        ...script,
        inputs: { token: { default: '${{ github.token }}' }, none: {}, 'dry-run': { default: 'true' } },
      },
      with: { 'dry-run': false, 'two words': 2 },
    });

    assert.match(step.log, /\["false","2","\*\*\*","","7","acme\/shop","test",true,"true"\]/);
    assert.match(step.annotations[0]?.message ?? '', /Unexpected input\(s\) 'two words'/);
  });

  test('inherits little of the machine', async () => {
    process.env.SLIPWAY_LEAK = 'yes';

    const step = await runScript('console.log(String(env.SLIPWAY_LEAK), String(env.NODE_OPTIONS));');

    assert.equal(step.log, 'undefined undefined');
  });

  test('runs on the Node of the tests', async () => {
    assert.equal((await runScript('console.log(process.execPath)')).log, process.execPath);
  });

  test('fails by its exit code', async () => {
    const step = await runScript('process.exit(3)');

    assert.equal(step.outcome, 'failure');
    assert.equal(step.exit.code, 3);
  });

  test('hands outputs, environment and PATH to the steps after it', async () => {
    await using job = createJob();
    const first = await job.run({
      action: action(job, {
        main: `${append('GITHUB_OUTPUT', 'a=1=2\nb<<END\n\nx\n\nEND\nc<<E\nE\n')}
          ${append('GITHUB_ENV', 'LATER=yes\n')}
          ${append('GITHUB_PATH', '/opt/first\n/opt/second\n')}`,
      }),
    });
    const second = await job.run({ action: action(job, { main: 'console.log(env.LATER, env.PATH);' }) });

    assert.deepEqual(first.outputs, { a: '1=2', b: '\nx\n', c: '' });
    assert.match(second.log, /^yes \/opt\/second:\/opt\/first:/);
  });
});

describe('files that the runner refuses', { concurrency: true }, () => {
  const broken: readonly (readonly [string, string, RegExp])[] = [
    ['a line without =', 'nonsense\n', /Invalid format 'nonsense'/],
    ['a frame without its end', 'a<<END\nx\n', /Matching delimiter not found 'END'/],
    ['a frame without a name', '<<END\nx\nEND\n', /Name must not be empty/],
    ['an empty name', '=x\n', /cannot be null or empty/],
  ];
  for (const [title, text, message] of broken) {
    test(`${title} fails the step; what came before it counts`, async () => {
      const step = await runScript(append('GITHUB_OUTPUT', `good=1\n${text}`));

      assert.equal(step.outcome, 'failure');
      assert.deepEqual(step.outputs, { good: '1' });
      assert.match(step.annotations.map((annotation) => annotation.message).join('\n'), message);
    });
  }

  test('NODE_OPTIONS is refused, in any case of letters', async () => {
    const step = await runScript(append('GITHUB_ENV', 'node_options=--require=/tmp/evil.js\nOTHER=1\n'));

    assert.deepEqual(step.env, { OTHER: '1' });
    assert.match(step.annotations[0]?.message ?? '', /Can't store NODE_OPTIONS/);
    assert.equal(step.outcome, 'success');
  });

  test('a summary of more than 1 MiB is thrown away with an error; the step stays green', async () => {
    const step = await runScript("writeFileSync(env.GITHUB_STEP_SUMMARY, 'x'.repeat(1024 * 1024 + 1));");

    assert.equal(step.summary, undefined);
    assert.match(step.annotations[0]?.message ?? '', /upload aborted, supports content up to a size of 1024k/);
    assert.equal(step.outcome, 'success');
  });

  test('a summary of 1 MiB is kept, masked', async () => {
    const step = await runScript("writeFileSync(env.GITHUB_STEP_SUMMARY, 'hunter2'.padEnd(1024 * 1024, 'x'));", {
      secrets: ['hunter2'],
    });

    assert.match(step.summary ?? '', /^\*\*\*x+$/);
  });
});

describe('masking', { concurrency: true }, () => {
  const secret = `p"a's<&>s w/ö?`;
  const forms: readonly (readonly [string, string])[] = [
    ['as it is', secret],
    ['base64', Buffer.from(secret).toString('base64')],
    ['base64 behind one byte', Buffer.from(`u${secret}`).toString('base64').slice(4)],
    ['base64 behind two bytes', Buffer.from(`us${secret}`).toString('base64').slice(4)],
    ['JSON', JSON.stringify(secret).slice(1, -1)],
    ['a shell word', secret.replaceAll('"', '\\"')],
    ['an expression', secret.replaceAll("'", "''")],
    ['XML', 'p&quot;a&apos;s&lt;&amp;&gt;s w/ö?'],
    ['a URI', 'p%22a%27s%3C%26%3Es%20w%2F%C3%B6%3F'],
  ];
  for (const [title, form] of forms) {
    test(`hides a secret as ${title}`, async () => {
      const step = await runScript(print(`before ${form} after\n`), { secrets: [secret] });

      assert.ok(step.log.includes('***'), step.log);
      assert.ok(!step.log.includes(form), step.log);
    });
  }

  test('add-mask hides a text from then on, each line of it too', async () => {
    const step = await runScript(print('one two\n::add-mask::one%0A  two \none two\n'));

    assert.equal(step.log, 'one two\n*** ***');
  });

  test('neighbours become one mark', async () => {
    const step = await runScript(print('abcdef-abc-def\n'), { secrets: ['abc', 'def'] });

    assert.equal(step.log, '***-***-***');
  });

  test('annotations are masked', async () => {
    const step = await runScript(print('::error title=x::no hunter2\n'), { secrets: ['hunter2'] });

    assert.deepEqual(step.annotations, [{ level: 'error', message: 'no ***', properties: { title: 'x' } }]);
  });

  test('an output that holds masked text never leaves the job', async () => {
    const step = await runScript(
      `${print('::add-mask::registry.example.com\n')}
       ${append('GITHUB_OUTPUT', 'image=registry.example.com/shop\ndigest=sha256:00\n')}`,
    );

    assert.deepEqual(step.jobOutputs, { digest: 'sha256:00' });
    assert.deepEqual(step.outputs, { digest: 'sha256:00', image: 'registry.example.com/shop' });
    assert.match(step.annotations[0]?.message ?? '', /Skip output 'image' since it may contain secret/);
  });
});

describe('workflow commands', { concurrency: true }, () => {
  const obeyed: readonly (readonly [string, string, readonly string[]])[] = [
    ['at the start of a line', '::error::a\n', ['error']],
    ['behind white space', ' \t\u00a0::error::a\n', ['error']],
    ['behind a CR', 'x\r::error::a\n', ['error']],
    ['without a line end', '::error::a', ['error']],
    ['in capitals', '::ERROR::a\n', ['error']],
    ['in the old form, anywhere', 'x ##[warning]a\n', ['warning']],
  ];
  for (const [title, text, commands] of obeyed) {
    test(`are obeyed ${title}`, async () => {
      const step = await runScript(print(text));

      assert.deepEqual(step.commands, commands);
    });
  }

  test('are obeyed on stderr too', async () => {
    assert.deepEqual((await runScript('console.error("::error::a");')).commands, ['error']);
  });

  const ignored: readonly (readonly [string, string])[] = [
    ['behind a word', 'x ::error::a\n'],
    ['of an unknown name', '::no-such::a\n'],
    ['without an end', '::error a\n'],
    ['with an empty name', '::::a\n'],
  ];
  for (const [title, text] of ignored) {
    test(`are text ${title}`, async () => {
      const step = await runScript(print(text));

      assert.deepEqual(step.commands, []);
      assert.equal(step.log, text.trimEnd());
    });
  }

  test('properties and data come unescaped', async () => {
    const step = await runScript(print('::notice file=a%3Ab%2Cc,line=2::x%0Ay%25\n'));

    assert.deepEqual(step.annotations, [
      { level: 'notice', message: 'x\ny%', properties: { file: 'a:b,c', line: '2' } },
    ]);
  });

  test('annotations: 10 of each level, 4,096 characters each', async () => {
    const step = await runScript(`for (let i = 0; i < 12; i += 1) console.log('::error::' + 'x'.repeat(5000));
      console.log('::warning::w');`);

    assert.deepEqual(
      step.annotations.map(({ level, message }) => [level, message.length]),
      [...Array.from({ length: 10 }, () => ['error', 4_096]), ['warning', 1]],
    );
  });

  test('nothing is obeyed between stop-commands and its token, which is masked', async () => {
    const step = await runScript(
      print(
        '::stop-commands::token-1234\n::error::a\n##[add-mask]b\n::stop-commands::x\n::token-1234::\n::notice::c\n',
      ),
    );

    assert.deepEqual(step.commands, ['stop-commands', 'notice']);
    assert.match(step.log, /^::stop-commands::\*\*\*\n::error::a\n##\[add-mask\]b\n::stop-commands::x\n::\*\*\*::\n/);
  });

  test('a token that is a command is refused', async () => {
    const step = await runScript(print('::stop-commands::error\n::notice::c\n'));

    assert.equal(step.outcome, 'failure');
    assert.deepEqual(step.commands, ['stop-commands', 'notice']);
  });

  test('set-env and add-path are switched off', async () => {
    const step = await runScript(print('::set-env name=A::1\n::add-path::/x\n'));

    assert.equal(step.outcome, 'failure');
    assert.deepEqual(step.env, {});
  });
});

describe('pre, main and post', { concurrency: true }, () => {
  test('hand state on, and post steps run last first', async () => {
    await using job = createJob();
    const script = (name: string) =>
      action(job, {
        pre: append('GITHUB_STATE', `pre=${name}\n`),
        main: append('GITHUB_STATE', `main<<E\n${name}\nE\n`),
        post: 'console.log(env.STATE_pre, env.STATE_main, env.INPUT_X);',
      });
    const first = { action: script('1'), with: { x: 'a' } };
    const second = { action: script('2'), with: { x: 'b' } };
    await job.pre(first);
    await job.pre(second);
    await job.run(first);
    await job.run(second);

    const posts = await job.post();

    assert.deepEqual(
      posts.map(({ log }) => log),
      ['2 2 b', '1 1 a'],
    );
    assert.deepEqual(await job.post(), []);
  });

  test('post runs after a failed main, with what main saved before it died', async () => {
    await using job = createJob();
    await job.run({
      action: action(job, {
        main: `${append('GITHUB_STATE', 'lease=held\n')} process.kill(process.pid, 'SIGKILL');`,
        post: 'console.log(env.STATE_lease);',
      }),
    });

    assert.deepEqual(
      (await job.post()).map(({ log }) => log),
      ['held'],
    );
  });
});

describe('a cancelled step', { concurrency: true }, () => {
  const stubborn = `process.on('SIGINT', () => console.log('int', Date.now()));
    process.on('SIGTERM', () => console.log('term', Date.now()));
    setInterval(() => {}, 1000); console.log('ready');`;

  test('gets SIGINT, 7.5 s later SIGTERM, 2.5 s later SIGKILL; then comes post', async () => {
    await using job = createJob();
    const running = job.start({ action: action(job, { main: stubborn, post: 'console.log("post");' }) });
    await running.seen(/^ready/);
    const began = Date.now();

    const step = await running.cancel();

    const at = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(step.log)?.[1]) - began;
    assert.ok(at('int') < 500, `SIGINT after ${at('int')} ms`);
    assert.ok(Math.abs(at('term') - 7_500) < 500, `SIGTERM after ${at('term')} ms`);
    assert.ok(Math.abs(Date.now() - began - 10_000) < 700, `SIGKILL after ${Date.now() - began} ms`);
    assert.equal(step.outcome, 'cancelled');
    assert.equal(step.exit.signal, 'SIGKILL');
    assert.match(step.annotations.at(-1)?.message ?? '', /The operation was canceled/);
    assert.deepEqual(
      (await job.post()).map(({ log }) => log),
      ['post'],
    );
  });

  test('that obeys SIGINT is not signalled again', async () => {
    await using job = createJob();
    const main = `process.on('SIGINT', () => setTimeout(() => process.exit(0), 100)); setInterval(() => {}, 1000);
      process.on('SIGTERM', () => console.log('term')); console.log('ready');`;
    const running = job.start({ action: action(job, { main }) });
    await running.seen(/^ready/);

    const step = await running.cancel();

    assert.deepEqual(
      [step.outcome, step.exit.code, step.log.split('\n')[1]],
      ['cancelled', 0, '##[error]The operation was canceled.'],
    );
    assert.ok(step.ms < 5_000);
  });

  test('is the only one that is signalled: its children are orphans until the job ends', async () => {
    await using job = createJob();
    const main = `import('node:child_process').then(({ spawn }) => {
      spawn('sleep', ['300'], { stdio: 'ignore' }); console.log('ready'); setInterval(() => {}, 1000); });`;
    const running = job.start({ action: action(job, { main }) });
    await running.seen(/^ready/);

    const step = await running.cancel();

    assert.equal(step.exit.signal, 'SIGINT');
    assert.deepEqual(
      job.orphans().map(({ command }) => command),
      ['sleep 300'],
    );
  });

  test('kill ends it at once', async () => {
    await using job = createJob();
    const running = job.start({ action: action(job, { main: stubborn }) });
    await running.seen(/^ready/);

    const step = await running.kill();

    assert.deepEqual([step.outcome, step.exit.signal], ['failure', 'SIGKILL']);
  });

  test('a line that never comes is an error, not a wait', async () => {
    await using job = createJob();
    const running = job.start({ action: action(job, { main: 'console.log("a");' }) });

    await assert.rejects(running.seen(/^b/), /never said/);
  });
});

test('a child that keeps the pipes open holds the step for 5 s, not longer', async () => {
  await using job = createJob();
  const main = `import('node:child_process').then(({ spawn }) => {
    spawn('sleep', ['300'], { stdio: 'inherit', detached: true }).unref(); console.log('ready'); });`;
  const began = performance.now();

  const step = await job.run({ action: action(job, { main }) });

  assert.equal(step.outcome, 'success');
  assert.ok(step.ms < 2_000);
  assert.ok(Math.abs(performance.now() - began - 5_000) < 1_500);
});
