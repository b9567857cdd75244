import assert from 'node:assert/strict';
import { cpSync, mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, test } from 'node:test';
import { noteStart, reportsSince } from '@slipway/build/freshness';
import { type TemporaryFolder, temporaryFolder } from '../../support/temp.ts';

const PATTERNS = ['**/*.xml'];
const LONG_AGO = new Date('2020-01-01');
const FAR_AHEAD = new Date('2099-01-01');

describe('a report is fresh when', () => {
  const cases: readonly {
    readonly name: string;
    readonly before?: (dir: TemporaryFolder) => void;
    readonly build: (dir: TemporaryFolder) => void;
    readonly fresh: readonly string[];
    readonly stale: readonly string[];
  }[] = [
    {
      name: 'the build writes it',
      build: (dir) => write(dir, 'a/b/new.xml'),
      fresh: ['a/b/new.xml'],
      stale: [],
    },
    {
      name: 'the build writes it again, even with the same content',
      before: (dir) => write(dir, 'a.xml'),
      build: (dir) => write(dir, 'a.xml'),
      fresh: ['a.xml'],
      stale: [],
    },
    {
      name: 'and not when it was there and nobody wrote it',
      before: (dir) => write(dir, 'a.xml'),
      build: () => {},
      fresh: [],
      stale: ['a.xml'],
    },
    {
      name: 'and not when it was there with a time in the future',
      before: (dir) => write(dir, 'a.xml', FAR_AHEAD),
      build: () => {},
      fresh: [],
      stale: ['a.xml'],
    },
    {
      name: 'and not when the build brings an old one back with its time',
      before: (dir) => write(dir, 'cache/a.keep', LONG_AGO),
      build: (dir) => cpSync(dir.at('cache/a.keep'), dir.at('a.xml'), { preserveTimestamps: true }),
      fresh: [],
      stale: ['a.xml'],
    },
    {
      name: 'and not when an old one is renamed',
      before: (dir) => write(dir, 'a.keep', LONG_AGO),
      build: (dir) => renameSync(dir.at('a.keep'), dir.at('a.xml')),
      fresh: [],
      stale: ['a.xml'],
    },
    {
      name: 'and not in the folders of packages',
      build: (dir) => write(dir, 'node_modules/x/a.xml'),
      fresh: [],
      stale: [],
    },
  ];

  for (const { name, before, build, fresh, stale } of cases) {
    test(name, async () => {
      await using dir = temporaryFolder();
      await using scratch = temporaryFolder();
      before?.(dir);
      const start = await noteStart(dir.path, scratch.path, PATTERNS);

      build(dir);

      assert.deepEqual(await reportsSince(start, dir.path, PATTERNS), { fresh, stale });
    });
  }
});

function write(dir: TemporaryFolder, path: string, time?: Date): void {
  mkdirSync(dirname(dir.at(path)), { recursive: true });
  writeFileSync(dir.at(path), '<testsuite/>');
  if (time !== undefined) utimesSync(dir.at(path), time, time);
}
