import assert from 'node:assert/strict';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, test } from 'node:test';
import { systemExec } from '@slipway/effects/exec-real';
import { readManifests } from '@slipway/k8s/manifests/read';
import { UserError } from '@slipway/kernel/errors';
import { type TemporaryFolder, temporaryFolder } from '../../../support/temp.ts';

const named = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;

async function workspace(files: Readonly<Record<string, string>>): Promise<TemporaryFolder> {
  const folder = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(folder.at(path)), { recursive: true });
    await writeFile(folder.at(path), text);
  }
  return folder;
}

async function read(folder: TemporaryFolder, lines: readonly string[], kubectl = 'no-kubectl'): Promise<string[]> {
  const { signal } = new AbortController();
  const manifests = await readManifests(lines, kubectl, { workspace: folder.path, exec: systemExec, signal });
  return manifests.map(({ object, at }) => `${object.metadata.name} (${at})`);
}

describe('files, folders and globs', () => {
  const files = {
    'web.yaml': named('web'),
    'k8s/b.yml': named('b'),
    'k8s/a.yaml': `${named('a1')}---\n${named('a2')}`,
    'k8s/c.json': JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }, undefined, '\t'),
    'k8s/notes.txt': 'no YAML: {{',
    'k8s/deep/d.yaml': named('d'),
    'k8s/node_modules/e.yaml': named('e'),
  };
  const rows: readonly (readonly [name: string, lines: readonly string[], found: readonly string[]])[] = [
    ['a file', ['web.yaml'], ['web (web.yaml, line 1)']],
    [
      'a folder, and not what is below it',
      ['k8s/'],
      [
        'a1 (k8s/a.yaml, document 1, line 1)',
        'a2 (k8s/a.yaml, document 2, line 5)',
        'b (k8s/b.yml, line 1)',
        'c (k8s/c.json, line 1)',
      ],
    ],
    ['a glob', ['k8s/**/{b,d}.y*ml'], ['b (k8s/b.yml, line 1)', 'd (k8s/deep/d.yaml, line 1)']],
    ['what is named twice is read once', ['k8s/b.yml', './k8s/b.*', 'k8s/b.yml'], ['b (k8s/b.yml, line 1)']],
    ['the order of the lines', ['web.yaml', 'k8s/b.yml'], ['web (web.yaml, line 1)', 'b (k8s/b.yml, line 1)']],
  ];
  for (const [name, lines, found] of rows) {
    test(name, async () => {
      await using folder = await workspace(files);

      assert.deepEqual(await read(folder, lines), found);
    });
  }

  test('links are followed, absolute paths too', async () => {
    await using folder = await workspace(files);
    await symlink('k8s', folder.at('current'));
    await symlink('../web.yaml', folder.at('k8s/linked.yaml'));

    assert.deepEqual(await read(folder, ['current/b.yml']), ['b (current/b.yml, line 1)']);
    assert.deepEqual(await read(folder, [folder.at('k8s/linked.yaml')]), [
      `web (${folder.at('k8s/linked.yaml')}, line 1)`,
    ]);
  });
});

describe('kustomize', () => {
  test('is what kubectl makes of the folder', async () => {
    await using folder = await workspace({
      'over/kustomization.yaml': '',
      kubectl: `#!/bin/sh\necho "${named('$1-$#')}"`,
    });
    await chmod(folder.at('kubectl'), 0o755);

    assert.deepEqual(await read(folder, ['-k over'], folder.at('kubectl')), ['kustomize-2 (-k over, line 1)']);
  });

  test('its words are told when it fails', async () => {
    await using folder = await workspace({
      'over/kustomization.yaml': '',
      kubectl: '#!/bin/sh\necho no base >&2; exit 1',
    });
    await chmod(folder.at('kubectl'), 0o755);

    await assert.rejects(read(folder, ['-k over'], folder.at('kubectl')), /-k over cannot be built: no base/);
  });
});

describe('what cannot be read is an error, all of it at once', () => {
  const rows: readonly (readonly [name: string, lines: readonly string[], message: RegExp])[] = [
    ['nothing there', ['k8s/', 'nowhere.yaml'], /no such file or folder.*\n.*got: +nowhere\.yaml/],
    ['an empty folder', ['empty'], /no \.yaml, \.yml or \.json file is in it/],
    ['a glob like nothing', ['k8s/*.yml', 'deep/*.yaml'], /file is like it.*k8s.*no folder/s],
    ['a folder of kustomize', ['over'], /is one of kustomize.*-k over/s],
    ['no folder of kustomize', ['-k k8s'], /no kustomization\.yaml/],
    ['no object at all', ['k8s/comment.yaml'], /hold no object at all/],
    ['broken files', ['k8s/broken.yaml', 'k8s/worse.yaml'], /k8s\/broken\.yaml, line 1.*k8s\/worse\.yaml, line 2/s],
  ];
  for (const [name, lines, message] of rows) {
    test(name, async () => {
      await using folder = await workspace({
        'k8s/comment.yaml': '# later\n',
        'k8s/broken.yaml': 'a: ]',
        'k8s/worse.yaml': '\nkind: A',
        'empty/notes.txt': '',
        'over/kustomization.yaml': '',
      });

      await assert.rejects(read(folder, lines), (thrown) => {
        assert.ok(thrown instanceof UserError);
        assert.match(thrown.message, message);
        return true;
      });
    });
  }
});
