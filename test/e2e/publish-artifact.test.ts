import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { digestOf } from '@slipway/kernel/digest';
import { isProblems } from '@slipway/kernel/errors';
import { parseRelease, type ReleaseRecord } from '@slipway/kernel/release';
import { createRepository, type GitRepository } from '../support/git-repository.ts';
import { createJob, type JobOptions } from '../support/runner/job.ts';
import type { StepResult } from '../support/runner/step.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';

interface Bench {
  readonly dir: TemporaryFolder;
  readonly repository: GitRepository;
  readonly commit: string;
  readonly store: string;
  readonly publish: (inputs?: Readonly<Record<string, string>>, job?: JobOptions) => Promise<StepResult>;
}

/** A workspace with a checkout and, in dist/, what its build made. */
function bench(dir: TemporaryFolder): Bench {
  const repository = createRepository(dir.at('workspace'));
  const commit = repository.commit('first', { '.gitignore': 'dist\n' });
  mkdirSync(dir.at('workspace', 'dist', 'bin'), { recursive: true });
  writeFileSync(dir.at('workspace', 'dist', 'bin', 'start'), '#!/bin/sh\n');
  chmodSync(dir.at('workspace', 'dist', 'bin', 'start'), 0o755);
  const store = `file://${dir.at('store')}`;
  return {
    dir,
    repository,
    commit,
    store,
    async publish(inputs = {}, job = {}) {
      await using running = createJob({ workspace: dir.at('workspace'), code: 'source', ...job });
      const step = await running.run({ action: 'publish-artifact', with: { path: 'dist', store, ...inputs } });
      assert.deepEqual(
        readdirSync(running.temp).filter((name) => name.startsWith('slipway-')),
        [],
      );
      return step;
    },
  };
}

test('a folder is published under the tag of the run, and its record joins it to the run', async () => {
  await using dir = temporaryFolder();
  const { publish, commit, store } = bench(dir);

  const step = await publish({}, { github: { ref: 'refs/tags/v1.0.0', sha: commit, run_number: '42' } });

  const record = recordOf(step);
  const { digest, contentDigest, size, ...rest } = record;
  assert.deepEqual(rest, {
    schema: 'slipway.release/v1',
    kind: 'file',
    name: 'shop',
    version: 'v1.0.0',
    mediaType: 'application/vnd.slipway.tree.v1.tar+gzip',
    fileName: 'shop-v1.0.0.tar.gz',
    repository: 'acme/shop',
    ref: 'refs/tags/v1.0.0',
    commit,
    commitTime: '2026-01-02T03:04:00Z',
    run: { id: '1001', attempt: 1, number: 42, url: 'https://github.com/acme/shop/actions/runs/1001' },
    locations: [store],
  });
  assert.deepEqual([step.outputs.digest, step.outputs.version], [digest, 'v1.0.0']);
  const bytes = readFileSync(dir.at('store', 'shop', 'v1.0.0', 'shop-v1.0.0.tar.gz'));
  assert.deepEqual([digestOf(bytes), bytes.length], [digest, size]);
  assert.match(contentDigest ?? '', /^sha256:/);
  for (const path of [dir.at('store', 'shop', 'v1.0.0', 'release.json'), dir.at('workspace', 'dist.release.json')]) {
    assert.equal(readFileSync(path, 'utf8'), `${step.outputs.release}\n`);
  }
  const listed = execFileSync('tar', ['-tvzf', '-'], {
    input: bytes,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, TZ: 'UTC' },
  });
  assert.match(
    listed,
    /^drwxr-xr-x 0\/0 +0 1970-01-01 00:00 bin\/\n-rwxr-xr-x 0\/0 +10 1970-01-01 00:00 bin\/start\n$/,
  );
});

test('a file is published as it is, under what git describes', async () => {
  await using dir = temporaryFolder();
  const { publish, repository, commit } = bench(dir);
  repository.git('tag', 'team/v1');
  const second = repository.commit('second');
  writeFileSync(dir.at('workspace', 'dist', 'shop.jar'), 'jar');
  chmodSync(dir.at('workspace', 'dist', 'shop.jar'), 0o640);

  const step = await publish({ path: 'dist/shop.jar', name: 'web' });

  const record = recordOf(step);
  assert.equal(record.version, `team-v1-1-g${second.slice(0, 12)}`);
  assert.deepEqual([record.name, record.commit, record.ref], ['web', second, 'refs/heads/main']);
  assert.deepEqual([record.fileName, record.fileMode, record.digest], ['shop.jar', '0640', digestOf('jar')]);
  assert.ok(existsSync(dir.at('workspace', 'dist', 'shop.jar.release.json')));
  assert.notEqual(commit, second);
});

test('the summary and the log say what is where', async () => {
  await using dir = temporaryFolder();
  const { publish, store } = bench(dir);

  const step = await publish({ version: '1.4.2' });

  const { digest, commit } = recordOf(step);
  assert.equal(
    step.summary?.replace(/\| size \| \d+ B \|/, '| size | 1 B |'),
    [
      '## Published',
      '',
      '| | |',
      '| --- | --- |',
      '| name | shop |',
      '| version | `1.4.2` |',
      `| digest | \`${digest}\` |`,
      '| size | 1 B |',
      `| commit | \`${commit}\` |`,
      `| where | \`${store}\` |`,
      `| record | \`${dir.at('workspace', 'dist.release.json')}\` |`,
      '',
    ].join('\n'),
  );
  assert.match(step.log, /shop 1\.4\.2 is published\. Its record is also in \/.*\/dist\.release\.json/);
});

test('the same content again is a success that answers with the first record', async () => {
  await using dir = temporaryFolder();
  const { publish } = bench(dir);
  const first = await publish({ version: '1' });
  chmodSync(dir.at('workspace', 'dist', 'bin', 'start'), 0o700);

  const again = await publish({ version: '1' }, { github: { run_id: '2002' } });

  assert.equal(again.outcome, 'success', again.log);
  assert.equal(again.outputs.release, first.outputs.release);
  assert.match(again.summary ?? '', /^## Already published/);
  assert.match(again.log, /shop 1 was already published, by https:\/\/github\.com\/acme\/shop\/actions\/runs\/1001/);
});

test('the same file with other rights keeps its first ones, and says so', async () => {
  await using dir = temporaryFolder();
  const { publish } = bench(dir);
  await publish({ path: 'dist/bin/start', version: '1' });
  chmodSync(dir.at('workspace', 'dist', 'bin', 'start'), 0o644);

  const again = await publish({ path: 'dist/bin/start', version: '1' });

  assert.equal(recordOf(again).fileMode, '0755');
  assert.deepEqual(
    again.annotations.map(({ level, message }) => `${level}: ${message}`),
    ['warning: The file has mode 0644, but it was published with 0755, and that stays.'],
  );
});

test('other content under a published version is red, names both, and changes nothing', async () => {
  await using dir = temporaryFolder();
  const { publish, repository, commit } = bench(dir);
  const first = recordOf(await publish({ version: '1' }));
  const second = repository.commit('second');
  writeFileSync(dir.at('workspace', 'dist', 'new'), '');

  const step = await publish({ version: '1' });

  assert.equal(step.outcome, 'failure');
  assert.deepEqual(step.outputs, {});
  const [error] = step.annotations;
  assert.match(
    error?.message ?? '',
    /^shop 1 is already published with other content\.\n {2}got: {5}sha256:\w{64} of commit/,
  );
  for (const part of [first.digest, commit, second]) assert.ok(error?.message.includes(part), error?.message);
  assert.equal(
    readFileSync(dir.at('store', 'shop', '1', 'release.json'), 'utf8'),
    readFileSync(dir.at('workspace', 'dist.release.json'), 'utf8'),
  );
});

test('an artifact that changes while it is packed is refused', async () => {
  await using dir = temporaryFolder();
  const { publish } = bench(dir);
  const noisy = dir.at('workspace', 'dist', 'log');
  writeFileSync(noisy, 'x'.repeat(4_000_000));
  const writer = setInterval(() => appendFileSync(noisy, 'more'), 1);

  const step = await publish({ version: '1' }).finally(() => clearInterval(writer));

  assert.equal(step.outcome, 'failure');
  assert.match(step.log, /changed while being packed: (it grew|"log" was written)/);
  assert.equal(existsSync(dir.at('store')), false);
});

const WRONG: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
  [
    'no path and no store',
    { path: '', store: '' },
    /Input "path" is missing[\s\S]*Input "store" is missing[\s\S]*store: file:\/\/\/srv/,
  ],
  [
    'a path that is not there',
    { path: 'nowhere' },
    /nothing to publish at this path\.\n {2}got: {5}\/.*\/workspace\/nowhere/,
  ],
  ['an empty folder', { path: 'hollow' }, /The folder ".*\/hollow" is empty/],
  ['an empty file', { path: '.git/empty' }, /The file ".*\/empty" is empty/],
  [
    'a store that does not exist yet',
    { store: 's3://releases/shop' },
    /Input "store" cannot be used[\s\S]*allowed: file:\/\/\/absolute\/folder/,
  ],
  [
    'a store that cannot be written',
    { store: 'file:///dev/null/store' },
    /The store file:\/\/\/dev\/null\/store cannot be written/,
  ],
  ['a version with a slash', { version: 'a/b' }, /Input "version" cannot be used/],
  ['a short commit', { commit: 'abc' }, /Input "commit" cannot be used[\s\S]*40 or 64 hexadecimal digits/],
  ['a time without a zone', { 'commit-time': '2026-03-01T12:00:00' }, /Input "commit-time" cannot be used/],
  ['a commit from elsewhere', { commit: 'e'.repeat(40) }, /The time of commit e{40} is not known/],
];
for (const [name, inputs, message] of WRONG) {
  test(`${name}: a clear error, and nothing is published`, async () => {
    await using dir = temporaryFolder();
    const { publish } = bench(dir);
    mkdirSync(dir.at('workspace', 'hollow'));
    writeFileSync(dir.at('workspace', '.git', 'empty'), '');

    const step = await publish(inputs);

    assert.equal(step.outcome, 'failure', step.log);
    assert.match(step.annotations.map((annotation) => annotation.message).join('\n'), message);
    assert.doesNotMatch(step.log, /\n {4}at /, 'a stack was printed');
    assert.deepEqual(step.outputs, {});
    assert.equal(existsSync(dir.at('store')), false);
  });
}

test('a time with another zone is kept in UTC', async () => {
  await using dir = temporaryFolder();
  const { publish } = bench(dir);

  const step = await publish({ version: '1', commit: 'E'.repeat(40), 'commit-time': '2026-03-01 12:00:00+02:00' });

  const { commit, commitTime } = recordOf(step);
  assert.deepEqual([commit, commitTime], ['e'.repeat(40), '2026-03-01T10:00:00Z']);
});

function recordOf(step: StepResult): ReleaseRecord {
  assert.equal(step.outcome, 'success', step.log);
  const record = parseRelease(JSON.parse(step.outputs.release ?? '{}'));
  assert.ok(!isProblems(record), JSON.stringify(record));
  return record;
}
