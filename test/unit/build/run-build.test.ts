import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { buildEnvironment } from '@slipway/build/environment';
import type { BuildPlan, PlannedCommand } from '@slipway/build/plan';
import { probeTool } from '@slipway/build/probe';
import { readProject } from '@slipway/build/project';
import { type BuildOutcome, runBuild } from '@slipway/build/run-build';
import { withScratch } from '@slipway/build/scratch';
import { systemClock } from '@slipway/effects/clock';
import { systemExec } from '@slipway/effects/exec-real';
import { UserError } from '@slipway/kernel/errors';
import { keptLog } from '../../support/kept-log.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temp.ts';

const log = keptLog();
const ports = { exec: systemExec, clock: systemClock, log };

test('commands run in order, and the first that fails is the last', async () => {
  await using dir = temporaryFolder();

  const outcome = await runIn(dir, [
    script('echo 1 >> ran'),
    program('sh', '-c', 'echo 2 >> ran; exit 3'),
    script('echo 3 >> ran'),
  ]);

  assert.deepEqual(outcome.ending, { kind: 'failed', command: 'sh -c echo 2 >> ran; exit 3', status: 'status 3' });
  assert.deepEqual(readdirSync(dir.path), ['ran']);
});

test('a script stops at its first error, also inside a pipe', async () => {
  await using dir = temporaryFolder();

  const outcome = await runIn(dir, [script('false | cat\ntouch never')]);

  assert.deepEqual(outcome.ending, { kind: 'failed', command: 'command', status: 'status 1' });
  assert.deepEqual(readdirSync(dir.path), []);
});

test('the time is for all commands together', async () => {
  await using dir = temporaryFolder();

  const outcome = await runIn(dir, [script('sleep 0.4'), script('sleep 0.4')], 600);

  assert.deepEqual(outcome.ending, { kind: 'timed-out', command: 'command', after: '600ms' });
});

test('the output is in the log line by line, as foreign text', async () => {
  await using dir = temporaryFolder();

  await runIn(dir, [script('echo "::error::not mine"; echo two >&2')]);

  assert.ok(log.told.some(([level, text]) => level === 'foreign' && text === '::error::not mine'));
  assert.ok(log.told.some(([level, text]) => level === 'foreign' && text === 'two'));
});

test('fresh reports are read, and a broken one does not hide the others', async () => {
  await using dir = temporaryFolder();

  const { read } = await runIn(dir, [
    script(
      `echo '<testsuite><testcase name="a"/></testsuite>' > a.xml; echo '<oops' > b.xml; echo '<coverage/>' > c.xml`,
    ),
  ]);

  assert.equal(read.results.counts.passed, 1);
  assert.deepEqual([read.files, read.others], [['a.xml'], ['c.xml']]);
  assert.match(read.unreadable[0]?.what ?? '', /"b\.xml" is not valid XML/);
});

test('the scratch folder is private, and gone in the end', async () => {
  await using dir = temporaryFolder();

  await assert.rejects(
    withScratch(dir.path, async () => {
      assert.equal(readdirSync(dir.path).length, 1);
      await Promise.reject(new Error('broken'));
    }),
    /broken/,
  );

  assert.deepEqual(readdirSync(dir.path), []);
});

describe('the tool itself', () => {
  const site = { folder: '/', env: { PATH: process.env.PATH } };

  test('is missing', async () => {
    await assert.rejects(
      probeTool(probedBy(['no-such-thing']), site, ports),
      (thrown) => thrown instanceof UserError && /Thing is not on this machine[\s\S]*setup-thing/.test(thrown.message),
    );
  });

  test('does not start', async () => {
    await assert.rejects(
      probeTool(probedBy(['sh', '-c', 'echo JAVA_HOME is not set >&2; exit 1']), site, ports),
      /Thing does not start[\s\S]*JAVA_HOME is not set/,
    );
  });

  test('says its version', async () => {
    await probeTool(probedBy(['sh', '-c', 'echo 3.8.7; echo more']), site, ports);

    assert.deepEqual(log.told.at(-1), ['info', 'Thing: 3.8.7']);
  });
});

describe('a project', () => {
  test('is its files that matter, and its scripts', async () => {
    await using dir = temporaryFolder();
    mkdirSync(dir.at('.mvn', 'wrapper'), { recursive: true });
    for (const file of ['pom.xml', 'mvnw', '.mvn/wrapper/maven-wrapper.properties', 'README'])
      writeFileSync(dir.at(file), '');
    chmodSync(dir.at('mvnw'), 0o644);
    writeFileSync(dir.at('package.json'), '\ufeff{"scripts": {"build": "x"}}');

    const { files, scripts } = await readProject(dir.path);

    assert.deepEqual([...files].toSorted(), [
      '.mvn/wrapper/maven-wrapper.properties',
      'mvnw',
      'package.json',
      'pom.xml',
    ]);
    assert.deepEqual([...scripts], ['build']);
  });

  test('with a broken package.json is an error that names it', async () => {
    await using dir = temporaryFolder();
    writeFileSync(dir.at('package.json'), '{"scripts":');

    await assert.rejects(readProject(dir.path), /package\.json" is not a JSON object/);
  });
});

test('what belongs to the action stays with the action', () => {
  const kept = buildEnvironment({
    PATH: '/bin',
    SHOP: 'x',
    GITHUB_SHA: 'abc',
    GITHUB_ENV: '/tmp/env',
    ACTIONS_STEP_DEBUG: 'true',
    INPUT_TOKEN: 'secret',
    STATE_isPost: 'true',
    ACTIONS_RUNTIME_TOKEN: 'secret',
    ACTIONS_ID_TOKEN_REQUEST_URL: 'https://x',
    GITHUB_OUTPUT: '/tmp/out',
    GITHUB_STATE: '/tmp/state',
  });

  assert.deepEqual(Object.keys(kept), ['PATH', 'SHOP', 'GITHUB_SHA', 'GITHUB_ENV', 'ACTIONS_STEP_DEBUG']);
});

async function runIn(
  dir: TemporaryFolder,
  commands: readonly PlannedCommand[],
  timeoutMs = 20_000,
): Promise<BuildOutcome> {
  await using scratch = temporaryFolder();
  const site = { folder: dir.path, scratch: scratch.path, env: { PATH: process.env.PATH }, timeoutMs };
  return await runBuild(planOf(commands), site, ports);
}

function planOf(commands: readonly PlannedCommand[]): BuildPlan {
  return { tool: 'x', because: '', commands, reports: ['*.xml'], reporting: '', artifact: { kind: 'none' } };
}

function script(text: string): PlannedCommand {
  return { kind: 'script', stage: 'command', script: text };
}

function program(...argv: [string, ...string[]]): PlannedCommand {
  return { kind: 'program', stage: 'test', argv };
}

function probedBy(argv: [string, ...string[]]): BuildPlan {
  return { ...planOf([]), probe: { argv, title: 'Thing', setup: 'uses: actions/setup-thing' } };
}
