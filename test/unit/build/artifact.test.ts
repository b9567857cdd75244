import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, test } from 'node:test';
import { findArtifact } from '@slipway/build/artifact';
import { TOOLS } from '@slipway/build/tools';
import { temporaryFolder } from '../../support/temp.ts';

describe('the artifact that a tool makes', () => {
  const cases: readonly (readonly [tool: string, name: string, files: readonly string[], expected: string | RegExp])[] =
    [
      ['maven', 'the jar', ['target/shop-1.0.jar', 'target/classes/A.class'], 'target/shop-1.0.jar'],
      ['maven', 'the war', ['target/shop.war'], 'target/shop.war'],
      [
        'maven',
        'and not sources, javadoc, tests or originals',
        ['sources', 'javadoc', 'tests', 'test-sources']
          .map((kind) => `target/shop-${kind}.jar`)
          .concat('target/original-shop.jar', 'target/shop.jar'),
        'target/shop.jar',
      ],
      ['maven', 'no jar', ['target/classes/A.class'], 'none'],
      [
        'maven',
        'two jars',
        ['target/a.jar', 'target/b.jar'],
        /Several files.*target\/a\.jar, target\/b\.jar.*artifact: target\/a\.jar/,
      ],
      ['maven', 'an empty jar', ['target/empty.jar'], /target\/empty\.jar.* is empty/],
      ['npm', 'the folder dist', ['dist/a.js'], 'dist'],
      ['npm', 'a file called dist', ['dist'], 'none'],
      ['npm', 'nothing', ['index.js'], 'none'],
    ];

  for (const [tool, name, files, expected] of cases) {
    test(`${tool}: ${name}`, async () => {
      await using dir = temporaryFolder();
      for (const file of files) {
        mkdirSync(dirname(dir.at(file)), { recursive: true });
        writeFileSync(dir.at(file), file.includes('empty') ? '' : 'x');
      }
      const row = TOOLS.find((candidate) => candidate.tool === tool)?.artifact;
      assert.ok(row);

      const made = await findArtifact({ kind: 'by-tool', row }, dir.path);

      if (typeof expected !== 'string') assert.match(JSON.stringify(made), expected);
      else assert.deepEqual(made, expected === 'none' ? { kind: 'none' } : { kind: 'found', path: dir.at(expected) });
    });
  }
});
