import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { systemExec } from '@slipway/effects/exec-real';
import { buildahBuilder } from '@slipway/image/builders/buildah';
import { buildxBuilder } from '@slipway/image/builders/buildx';
import { chooseBuilder, refusalOf } from '@slipway/image/builders/choose';
import { type TemporaryFolder, temporaryFolder } from '../../../support/temp.ts';

const NO_PLATFORMS = { platforms: [] };
const TWO = { platforms: ['linux/amd64', 'linux/arm64'] };

/** Tiny programs that say what the real ones say. */
const PROGRAMS = {
  engine:
    'docker: case "$*" in "version "*) echo 20.10.24;; *) echo "docker: unknown command: docker $1" >&2; exit 1;; esac',
  noEngine: 'docker: echo "Cannot connect to the Docker daemon at unix:///x." >&2; exit 1',
  buildx:
    'docker: case "$*" in "buildx version") echo "github.com/docker/buildx v0.38.2 abc";; "buildx inspect") printf "Driver: docker\\nStatus: running\\n";; *) echo 20.10.24;; esac',
  remote:
    'docker: case "$*" in "buildx version") echo "github.com/docker/buildx v0.38.2 abc";; "buildx inspect") printf "Driver: remote\\nStatus: running\\n";; *) exit 1;; esac',
  buildah: 'buildah: echo "Version:         1.28.2"',
} as const;

async function choose(
  dir: TemporaryFolder,
  programs: readonly (keyof typeof PROGRAMS)[],
  wanted: Parameters<typeof chooseBuilder>[0] = 'auto',
  wish: Parameters<typeof chooseBuilder>[1] = NO_PLATFORMS,
): ReturnType<typeof chooseBuilder> {
  for (const program of programs) {
    const [name = '', body = ''] = PROGRAMS[program].split(/: (.*)/s);
    writeFileSync(dir.at(name), `#!/bin/sh\n${body}\n`);
    chmodSync(dir.at(name), 0o755);
  }
  return await chooseBuilder(wanted, wish, { exec: systemExec, env: { PATH: dir.path } });
}

describe('auto', () => {
  const cases: readonly (readonly [
    name: string,
    programs: readonly (keyof typeof PROGRAMS)[],
    title: string,
    because: RegExp,
  ])[] = [
    ['buildx before all', ['buildx', 'buildah'], 'buildx v0.38.2, driver docker', /^the best of all, and it is here$/],
    [
      'plain docker where the plug-in is missing',
      ['engine', 'buildah'],
      'docker 20.10.24',
      /^no buildx, since "docker buildx version" says: docker: unknown command: docker buildx$/,
    ],
    [
      'buildah where no engine runs',
      ['noEngine', 'buildah'],
      'buildah 1.28.2',
      /^no buildx, since .*; no docker, since "docker version .*" says: Cannot connect to the Docker daemon/,
    ],
    ['buildah alone', ['buildah'], 'buildah 1.28.2', /no docker, since The program "docker" is not on this machine/],
  ];
  for (const [name, programs, title, because] of cases) {
    test(name, async () => {
      await using dir = temporaryFolder();

      const chosen = await choose(dir, programs);

      assert.equal(chosen.builder.title, title);
      assert.match(chosen.because, because);
    });
  }

  test('passes over what cannot do what is asked', async () => {
    await using dir = temporaryFolder();

    await assert.rejects(
      choose(dir, ['buildx', 'buildah'], 'auto', TWO),
      /No builder on this machine can build this image\.\n {2}got: +no buildx, since buildx v0\.38\.2, driver docker builds for one platform at a time\n +no docker, since docker 20\.10\.24 builds only for its own platform here\n +no buildah, since buildah 1\.28\.2 builds only/,
    );
  });
});

describe('a builder that is named', () => {
  test('is taken', async () => {
    await using dir = temporaryFolder();

    const { builder, because } = await choose(dir, ['buildx', 'buildah'], 'buildah');

    assert.deepEqual([builder.name, because], ['buildah', 'it was asked for']);
  });

  test('and no other, when it is not here', async () => {
    await using dir = temporaryFolder();

    await assert.rejects(
      choose(dir, ['engine', 'buildah'], 'buildx'),
      /The builder "buildx" cannot build this image here\.\n {2}got: +no buildx, since .*\n {2}fix: +- uses: docker\/setup-buildx-action/,
    );
  });

  test('a daemon of its own builds for several platforms', async () => {
    await using dir = temporaryFolder();

    const { builder } = await choose(dir, ['remote'], 'buildx', TWO);

    assert.deepEqual([builder.title, builder.pushes], ['buildx v0.38.2, driver remote', 'digest']);
  });
});

test('what a builder refuses, in words', () => {
  const engine = buildxBuilder('v1', 'docker');
  const one = { platforms: ['linux/arm64'] };

  assert.deepEqual(
    [refusalOf(engine, NO_PLATFORMS), refusalOf(engine, one), refusalOf(buildxBuilder('v1', 'kubernetes'), TWO)],
    [undefined, undefined, undefined],
  );
  assert.equal(refusalOf(engine, TWO), 'buildx v1, driver docker builds for one platform at a time');
  assert.equal(refusalOf(buildahBuilder('1'), one), 'buildah 1 builds only for its own platform here');
});
