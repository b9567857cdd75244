import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { checkSources, wishProblems } from '@slipway/image/wish';
import { UserError } from '@slipway/kernel/errors';
import { type TemporaryFolder, temporaryFolder } from '../../support/temp.ts';

describe('lines of inputs', () => {
  const good = {
    buildArgs: ['A=', '_b1=x=y z'],
    labels: ['org.opencontainers.image.title=The Shop', 'a='],
    platforms: ['linux/amd64', 'linux/arm/v7'],
  };
  const bad = {
    buildArgs: ['A', '1A=x', 'A B=x', '=x'],
    labels: ['a', '=b', 'a b=c'],
    platforms: ['linux', 'Linux/x', ''],
  };

  test('of the right form pass', () => assert.deepEqual([...wishProblems(good), ...wishProblems({})], []));

  test('of another form are told, one by one', () => {
    assert.deepEqual(
      wishProblems(bad).map(({ got }) => got),
      [...bad.buildArgs, ...bad.labels, ...bad.platforms],
    );
  });
});

describe('what is to be built', () => {
  test('is there, also behind links and outside of the context', async () => {
    await using dir = temporaryFolder();
    const { context, file } = source(dir);
    symlinkSync(context, dir.at('link'));

    await checkSources({ context, file });
    await checkSources({ context: dir.at('link'), file });
  });

  test('no folder, or a file instead', async () => {
    await using dir = temporaryFolder();
    const { file } = source(dir);

    await assert.rejects(
      checkSources({ context: dir.at('nowhere'), file }),
      /There is no folder .*nowhere to build in/,
    );
    await assert.rejects(checkSources({ context: file, file }), /Containerfile is to be built in, and is no folder/);
  });

  test('no Dockerfile: the nearest is named', async () => {
    await using dir = temporaryFolder();
    const { context } = source(dir);

    await assert.rejects(
      checkSources({ context, file: dir.at('app', 'Dockerfile') }),
      /There is no Dockerfile .*\/app\/Dockerfile\.\n {2}fix: +file: Containerfile/,
    );
  });

  for (const [what, says] of [
    ['app', /The folder .*\/app cannot be read\.\n {2}fix: +let the user of the runner read it/],
    ['app/Containerfile', /The Dockerfile .*\/app\/Containerfile cannot be read\./],
  ] as const) {
    test(`${what} that may not be read`, async () => {
      await using dir = temporaryFolder();
      const wish = source(dir);
      chmodSync(dir.at(what), 0);

      await asNobody(() => assert.rejects(checkSources(wish), says));
    });
  }
});

/** A folder to build in, with its Dockerfile. */
function source(dir: TemporaryFolder): { readonly context: string; readonly file: string } {
  mkdirSync(dir.at('app'));
  writeFileSync(dir.at('app', 'Containerfile'), 'FROM scratch\n');
  chmodSync(dir.path, 0o755);
  return { context: dir.at('app'), file: dir.at('app', 'Containerfile') };
}

/** Root may read everything, so for a moment it is somebody else. */
async function asNobody(body: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    await body();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

test("every problem is the user's to solve", async () => {
  await using dir = temporaryFolder();

  await assert.rejects(checkSources({ context: dir.at('x'), file: dir.at('x', 'y') }), UserError);
});
