import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import type { Finished } from '@slipway/effects/exec';
import { runStep } from '@slipway/vm/remote';
import { script } from '@slipway/vm/steps/scripts';
import { isAlive } from '../../../support/processes.ts';
import {
  JOURNAL,
  type PackedRelease,
  packRelease,
  SHELLS,
  stageRelease,
  type TestHost,
  testHost,
} from '../../../support/vm-host.ts';

const FILES = { 'bin/start': '#!/bin/sh\nexec sleep 60\n', 'var/uploads/.gitkeep': '', VERSION: 'v1\n' };
const ENVIRONMENT = 'GREETING="say \\"hi\\""\nargument_1="theirs"\ndir="theirs"\n';
const CONFIG = '0123456789abcdef0123456789abcdef';

for (const shell of SHELLS) {
  test(`${shell}: shared paths are links that lead out of the release, and a part of its mark`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    const release = await packRelease(host.folder, 'v1', FILES);
    const shared = 'config/local.yml top/ var/uploads/';

    await assert.rejects(
      stageRelease(host, release, { more: { shared } }),
      /config\/local\.yml is a shared file, and .* is not there/,
    );
    assert.equal(existsSync(host.at('state/journal.jsonl')), false, 'nothing was begun');
    write(host.at('shared/config/local.yml'), 'red');
    assert.deepEqual(await stageRelease(host, release, { more: { shared } }), [['staged', 'now']]);

    const at = (path: string): string => host.at('releases', release.dir, path);
    assert.deepEqual(
      ['config/local.yml', 'top', 'var/uploads'].map((path) => readlinkSync(at(path))),
      ['../../../shared/config/local.yml', '../../shared/top', '../../../shared/var/uploads'],
    );
    write(at('var/uploads/a'), 'a');
    assert.equal(host.read('shared/var/uploads/a'), 'a');
    assert.equal(readFileSync(at('config/local.yml'), 'utf8'), 'red');
    assert.equal(host.read('state/releases', release.dir), `${release.id.digest}\nshared ${shared}\n`);
    assert.deepEqual(await stageRelease(host, release, { more: { shared } }), [['staged', 'already']]);
    assert.deepEqual(
      await stageRelease(host, release, { more: { shared: 'top/' } }),
      [['staged', 'now']],
      'it is staged anew',
    );
    assert.equal(readdirSync(at('var/uploads')).join(), '.gitkeep');
    assert.equal(host.read('shared/var/uploads/a'), 'a', 'what is shared stays');
  });

  test(`${shell}: what a release ships at a shared path is refused, and nothing is left of it`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    const release = await packRelease(host.folder, 'v1', { ...FILES, 'var/uploads/a': 'a' });

    await assert.rejects(
      stageRelease(host, release, { more: { shared: 'var/uploads/' } }),
      /holds var\/uploads itself, which is shared/,
    );

    assert.deepEqual(readdirSync(host.at('releases')), []);
  });

  test(`${shell}: an environment is kept for its owner alone, and half of one is none`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    const release = await packRelease(host.folder, 'v1', FILES);
    await stageRelease(host, release);

    await assert.rejects(configure(host, release, ENVIRONMENT.length + 1), /environment of v1-\w+ cannot be written/);
    assert.deepEqual(readdirSync(host.at('state/env')), []);
    await configure(host, release, ENVIRONMENT.length);

    const file = host.at('state/env', `${release.dir}+${CONFIG}`);
    assert.equal(readFileSync(file, 'utf8'), ENVIRONMENT);
    assert.deepEqual(
      [file, host.at('state/config-key')].map((path) => statSync(path).mode & 0o777),
      [0o600, 0o600],
    );
    assert.equal(host.read('state/config-key'), 'the key\n');
  });

  test(`${shell}: a program gets its arguments, the environment and our variables; its status and words are its own`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    const release = await packRelease(host.folder, 'v1', FILES);
    await stageRelease(host, release);
    await configure(host, release, ENVIRONMENT.length);
    const code = 'printf "%s|" "$@" "$GREETING" "$dir" "$SLIPWAY_HOST" "$PWD"; echo; echo error words >&2; exit 7';

    const { code: status, stdout } = await program(host, ['sh', '-c', code, 'sh', "it's", '', 'a  b'], release);

    assert.equal(status, 7);
    assert.equal(stdout, `it's||a  b|say "hi"|theirs|web-1|${host.at('releases', release.dir)}|\nerror words\n`);
  });

  test(`${shell}: what a program leaves running ends with it`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    const { code, stdout } = await program(host, ['sh', '-c', 'sleep 300 >/dev/null 2>&1 & echo $!']);

    assert.equal(code, 0);
    assert.equal(isAlive(Number(stdout)), false);
  });

  test(`${shell}: a migration is written down around it, by whoever runs it`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    const lines = { line_begun: 'begun\n', line_done: 'done\n', line_failed: 'failed\n' };
    mkdirSync(host.at('state'), { recursive: true });
    writeFileSync(host.at('state/migrations.jsonl'), 'torn');

    await program(host, ['sh', '-c', 'cat state/migrations.jsonl; exit 1'], undefined, lines);
    await program(host, ['true'], undefined, lines);

    assert.equal(host.read('state/migrations.jsonl'), 'torn\nbegun\nfailed\nbegun\ndone\n');
  });
}

async function configure(host: TestHost, { dir }: PackedRelease, size: number): Promise<void> {
  await runStep(host.site, 'configure', {
    vars: { dir, config: CONFIG, key: 'the key', size: String(size), ...JOURNAL },
    input: ENVIRONMENT,
    fence: 'fenced',
    timeoutMs: 20_000,
  });
}

async function program(
  host: TestHost,
  argv: readonly string[],
  release?: PackedRelease,
  journal: Readonly<Record<string, string>> = { line_begun: '', line_done: '', line_failed: '' },
): Promise<Finished> {
  return await host.session.run({
    label: 'program',
    script: [script('common'), script('program')].join('\n'),
    vars: {
      base: host.base,
      dir: release?.dir ?? '',
      config: release === undefined ? '' : CONFIG,
      argument_count: String(argv.length),
      ...Object.fromEntries(argv.map((word, index) => [`argument_${index + 1}`, word])),
      env_names: 'SLIPWAY_HOST SLIPWAY_RELEASE_DIR',
      env_SLIPWAY_HOST: 'web-1',
      env_SLIPWAY_RELEASE_DIR: '',
      ...journal,
    },
    fence: 'fenced',
    timeoutMs: 20_000,
  });
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
