import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startGitHttp } from '../support/git-http.ts';
import { createRepository, type GitRepository } from '../support/git-repository.ts';
import { requirePart } from '../support/require.ts';
import { createJob, type JobOptions } from '../support/runner/job.ts';
import type { StepResult } from '../support/runner/step.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';

const NODE_APP = fixture('node-app');
const MAVEN_APP = fixture('maven-app');
const GREEN = '<testsuite name="s"><testcase name="works"/></testsuite>';

test('the Node shop becomes a tested folder that runs', { timeout: 60_000 }, async () => {
  await using dir = temporaryFolder();
  const origin = createRepository(dir.at('origin'), { from: NODE_APP });
  const commit = origin.commit('first');
  origin.git('tag', 'v1.0.0');

  const step = await build(dir, { with: { repository: origin.url, ref: 'v1.0.0' } });

  assert.equal(step.outcome, 'success', step.log);
  const { artifact = '', tests = '', ...outputs } = step.outputs;
  assert.deepEqual(outputs, { commit, ref: 'refs/tags/v1.0.0', version: 'v1.0.0', verdict: 'passed' });
  assert.equal(artifact, dir.at('workspace', 'dist'));
  assert.deepEqual(JSON.parse(tests), { tests: 3, passed: 3, failures: 0, errors: 0, skipped: 0, flaky: 0 });
  assert.deepEqual(readdirSync(artifact), ['VERSION', 'bin', 'main.mjs', 'server.mjs']);
  assert.match(step.summary ?? '', /## Built[\s\S]*\| 3 \| 3 \| 0 \| 0 \| 0 \| 0 \|/);
  assert.match(step.log, /Build with npm: found package\.json/);
});

test('the Maven shop becomes a tested, runnable jar', { timeout: 240_000 }, async (t) => {
  if (requirePart(t, 'mvn') === undefined) return;
  await using dir = temporaryFolder();
  const origin = createRepository(dir.at('origin'), { from: MAVEN_APP });
  origin.commit('first');

  const step = await build(dir, { with: { repository: origin.url, path: 'source' } });

  assert.equal(step.outcome, 'success', step.log);
  assert.equal(step.outputs.verdict, 'passed');
  assert.equal(step.outputs.artifact, dir.at('workspace', 'source', 'target', 'shop.jar'));
  const started = spawnSync('java', ['-jar', step.outputs.artifact], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, PORT: 'none' },
  });
  assert.match(started.stderr, /NumberFormatException: For input string: "none"/);
});

test('without inputs it is the commit of the event that is built, with the token of the run', async () => {
  await using dir = temporaryFolder();
  const origin = createRepository(dir.at('acme', 'shop'), { from: NODE_APP });
  const commit = origin.commit('first');
  origin.commit('the branch moves on', { BROKEN: '' });
  origin.git('clone', '--quiet', '--bare', '.', dir.at('git', 'acme', 'shop'));
  const token = 'ghs_0123456789abcdefghijklmnopqrstuvwxyzAB';
  await using server = await startGitHttp(dir.at('git'), { token });

  const step = await build(dir, { github: { server_url: server.url, sha: commit, token } });

  assert.equal(step.outcome, 'success', step.log);
  assert.deepEqual([step.outputs.commit, step.outputs.ref], [commit, 'refs/heads/main']);
  assert.equal(existsSync(dir.at('workspace', 'BROKEN')), false);
  assert.doesNotMatch(step.log, /ghs_/);
});

describe('a build that is not right is red, and says why', { concurrency: 2, timeout: 120_000 }, () => {
  const sabotages: readonly {
    readonly name: string;
    readonly command: string;
    readonly files?: Readonly<Record<string, string>>;
    readonly with?: Readonly<Record<string, string>>;
    readonly verdict: string;
    readonly says: RegExp;
  }[] = [
    {
      name: 'the build fails',
      command: 'cc() { echo "shop.c:3: error"; return 4; }\ncc | cat\necho never',
      verdict: 'build-failed',
      says: /The build fails: "command" ended with status 4/,
    },
    {
      name: 'a test fails',
      command: `echo '<testsuite><testcase name="adds" classname="Cart"><failure message="2 is not 3"/></testcase></testsuite>' > junit.xml\nexit 1`,
      verdict: 'tests-failed',
      says: /1 of 1 test failed\./,
    },
    {
      name: 'a test fails, and the command hides it',
      command: `echo '<testsuite><testcase name="a"><error/></testcase></testsuite>' > junit.xml || true`,
      verdict: 'tests-failed',
      says: /1 of 1 test failed, although the build ended with status 0/,
    },
    {
      name: 'zero tests ran',
      command: `echo '<testsuite tests="7"/>' > junit.xml`,
      verdict: 'no-tests',
      says: /Zero tests ran: 1 fresh report, and not one test/,
    },
    {
      name: 'all tests were skipped',
      command: `echo '<testsuite><testcase name="a"><skipped/></testcase></testsuite>' > junit.xml`,
      verdict: 'no-tests',
      says: /Zero tests ran: 1 fresh report, 1 test skipped/,
    },
    { name: 'no report', command: 'true', verdict: 'no-reports', says: /No test report was written to \*\*\/\*\.xml/ },
    {
      name: 'a report that was committed',
      files: { 'junit.xml': GREEN },
      command: 'true',
      verdict: 'stale-reports',
      says: /The reports are stale: 1 file from before the build, junit\.xml/,
    },
    {
      name: 'an old report that is brought back from a cache, with its time',
      files: { 'cache/report': GREEN },
      command: 'touch -d 2020-01-01 cache/report\ncp -p cache/report junit.xml',
      verdict: 'stale-reports',
      says: /The reports are stale/,
    },
    {
      name: 'a test run that crashed while it wrote',
      command: `printf '<testsuite><testcase name="a"/>' > junit.xml`,
      verdict: 'unreadable-reports',
      says: /The test report "junit\.xml" is not valid XML/,
    },
    {
      name: 'a build that forges our outputs',
      command: 'echo verdict=passed >> "${GITHUB_OUTPUT:-/dev/null}"\necho "::set-output name=verdict::passed"',
      verdict: 'no-reports',
      says: /No test report was written/,
    },
    {
      name: 'a build that hangs',
      command: 'sleep 600 & sleep 600',
      with: { timeout: '300ms' },
      verdict: 'timed-out',
      says: /took longer than 300ms/,
    },
  ];

  for (const { name, command, files, with: more, verdict, says } of sabotages) {
    test(name, async () => {
      await using dir = temporaryFolder();
      const origin = createRepository(dir.at('origin'));
      origin.commit('first', { 'shop.c': '', ...files });

      const step = await build(dir, {
        with: { repository: origin.url, command, reports: '**/*.xml', ...more },
      });

      assert.equal(step.outcome, 'failure', step.log);
      assert.equal(step.outputs.verdict, verdict, step.log);
      assert.equal(step.outputs.artifact, '');
      assert.match(step.annotations.at(-1)?.message ?? '', says);
      assert.match(step.summary ?? '', /## Not built/);
    });
  }
});

test('a report of an earlier build is no evidence, whatever its time stamp says', async () => {
  await using dir = temporaryFolder();
  const origin = createRepository(dir.at('origin'));
  origin.commit('first', { '.gitignore': '*.xml' });
  const inputs = { repository: origin.url, reports: '*.xml' };
  const earlier = `echo '${GREEN}' > junit.xml\ntouch -d 2099-01-01 junit.xml`;
  assert.equal((await build(dir, { with: { ...inputs, command: earlier } })).outcome, 'success');

  const step = await build(dir, { with: { ...inputs, command: 'true' } });

  assert.equal(step.outcome, 'failure');
  assert.equal(step.outputs.verdict, 'stale-reports');
});

describe('what cannot be built is said before anything is', { concurrency: 2 }, () => {
  const cases: readonly {
    readonly name: string;
    readonly with: (origin: GitRepository, dir: TemporaryFolder) => Readonly<Record<string, string>>;
    readonly says: RegExp;
  }[] = [
    {
      name: 'no such ref',
      with: ({ url }) => ({ repository: url, ref: 'mian' }),
      says: /no such branch or tag[\s\S]*got: {5}mian[\s\S]*allowed: main/,
    },
    {
      name: 'no such repository',
      with: ({ url }) => ({ repository: `${url}-nowhere` }),
      says: /There is no such repository/,
    },
    {
      name: 'all bad inputs at once',
      with: () => ({ repository: 'x', tool: 'make', timeout: 'soon', reports: '/tmp/*.xml' }),
      says: /"tool" cannot be used[\s\S]*"timeout" cannot be used[\s\S]*"repository" cannot be used[\s\S]*leads out of/,
    },
    {
      name: 'no tool',
      with: ({ url }) => ({ repository: url }),
      says: /No build tool was recognised[\s\S]*pom\.xml \(maven\), package\.json \(npm\)/,
    },
    {
      name: 'a tool that has nothing to build',
      with: ({ url }) => ({ repository: url, tool: 'maven' }),
      says: /"tool: maven" has nothing to build/,
    },
    {
      name: 'a command without reports',
      with: ({ url }) => ({ repository: url, command: 'make' }),
      says: /only "reports" tells where the evidence/,
    },
  ];

  for (const { name, with: inputs, says } of cases) {
    test(name, async () => {
      await using dir = temporaryFolder();
      const origin = createRepository(dir.at('origin'));
      origin.commit('first', { readme: '' });

      const step = await build(dir, { with: inputs(origin, dir) });

      assert.equal(step.outcome, 'failure', step.log);
      assert.match(step.annotations.at(-1)?.message ?? '', says);
    });
  }

  test('a dirty folder: nothing in it is touched', async () => {
    await using dir = temporaryFolder();
    const origin = createRepository(dir.at('origin'));
    origin.commit('first', { readme: 'theirs' });
    const inputs = { repository: origin.url, command: 'true', untested: 'allowed' };
    assert.equal((await build(dir, { with: inputs })).outcome, 'success');
    writeFileSync(dir.at('workspace', 'readme'), 'mine');

    const step = await build(dir, { with: inputs });

    assert.equal(step.outcome, 'failure');
    assert.match(step.annotations.at(-1)?.message ?? '', /is dirty: M readme/);
    assert.equal(readFileSync(dir.at('workspace', 'readme'), 'utf8'), 'mine');
  });
});

describe('the artifact', { concurrency: 2 }, () => {
  const passing = `echo '${GREEN}' > junit.xml\nmkdir out empty\necho 1 > out/a.bin\necho 2 > out/b.bin`;

  const cases: readonly (readonly [name: string, artifact: string | undefined, expected: string | RegExp])[] = [
    ['a file by its path', 'out/a.bin', 'out/a.bin'],
    ['a file by a pattern', 'out/a.*', 'out/a.bin'],
    ['a folder', 'out', 'out'],
    ['none, when none is named', undefined, ''],
    ['one that is not there', 'nowhere', /The artifact "nowhere" is not there after the build/],
    ['an empty folder', 'empty', /The artifact "empty" is empty/],
    ['a pattern for several files', 'out/*.bin', /Several files could be the artifact[\s\S]*out\/a\.bin, out\/b\.bin/],
  ];
  for (const [name, artifact, expected] of cases) {
    test(name, async () => {
      await using dir = temporaryFolder();
      const origin = createRepository(dir.at('origin'));
      origin.commit('first', { readme: '' });

      const step = await build(dir, {
        with: {
          repository: origin.url,
          command: passing,
          reports: 'junit.xml',
          ...(artifact === undefined ? {} : { artifact }),
        },
      });

      if (typeof expected === 'string') {
        assert.equal(step.outcome, 'success', step.log);
        assert.equal(step.outputs.artifact, expected === '' ? '' : dir.at('workspace', expected));
      } else {
        assert.equal(step.outcome, 'failure', step.log);
        assert.match(step.annotations.at(-1)?.message ?? '', expected);
      }
    });
  }
});

test('the build sees neither our inputs nor the credentials of actions', async () => {
  await using dir = temporaryFolder();
  const origin = createRepository(dir.at('origin'));
  origin.commit('first', { readme: '' });

  const step = await build(dir, {
    env: { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'oidc-secret', ACTIONS_RUNTIME_TOKEN: 'runtime-secret', SHOP: 'open' },
    with: { repository: origin.url, command: 'env | sort', untested: 'allowed' },
  });

  assert.equal(step.outcome, 'success', step.log);
  assert.equal(step.outputs.verdict, 'untested');
  assert.match(step.log, /^SHOP=open$/m);
  assert.doesNotMatch(step.log, /^(INPUT_|ACTIONS_ID_TOKEN|ACTIONS_RUNTIME|GITHUB_OUTPUT=)/m);
});

test('a cancelled build ends with everything that it started, and leaves no scratch', { timeout: 30_000 }, async () => {
  await using dir = temporaryFolder();
  const origin = createRepository(dir.at('origin'));
  origin.commit('first', { readme: '' });
  await using job = createJob({ workspace: dir.at('workspace'), code: 'source' });
  const step = job.start({
    action: 'checkout-build',
    with: { repository: origin.url, command: 'sleep 600 &\necho building\nsleep 600', untested: 'allowed' },
  });
  await step.seen(/^building$/);

  const ended = await step.cancel();

  assert.equal(ended.exit.code, 1, ended.log);
  assert.deepEqual(job.orphans(), []);
  assert.deepEqual(
    readdirSync(dir.at('workspace', '.git')).filter((name) => name.startsWith('slipway-')),
    [],
  );
});

interface BuildOptions extends Pick<JobOptions, 'github' | 'env'> {
  readonly with?: Readonly<Record<string, string>>;
}

async function build(dir: TemporaryFolder, options: BuildOptions): Promise<StepResult> {
  const { with: inputs = {}, ...job } = options;
  await using running = createJob({ workspace: dir.at('workspace'), code: 'source', ...job });
  return await running.run({ action: 'checkout-build', with: inputs });
}

function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}
