import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

test('tests run on Node 24, whatever the system has', () => {
  assert.match(process.version, /^v24\./);
});

test('the top level holds only what it may', () => {
  const allowed = new Set([
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'README.md',
    'LICENSE',
    'actions',
    'packages',
    'dist',
    'test',
    'node_modules',
  ]);
  const extra = readdirSync('.').filter((name) => !allowed.has(name) && !name.startsWith('.'));

  assert.deepEqual(extra, []);
});

test('the lock file names no download address', () => {
  assert.doesNotMatch(readFileSync('package-lock.json', 'utf8'), /"resolved": "https?:/);
});

test('versions are pinned exactly', () => {
  const manifests = [
    'package.json',
    ...['packages', 'actions'].flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}/package.json`)),
  ];
  const loose = manifests.flatMap((file) => {
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string> | undefined>;
    const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
    return Object.entries(all)
      .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
      .map(([name, version]) => `${file}: ${name}@${version}`);
  });

  assert.deepEqual(loose, []);
});

test('the lock file knows every optional package, those of other platforms too: npm ci refuses a lock with a gap', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const missing = Object.values(packages)
    .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
    .filter((name) => packages[`node_modules/${name}`] === undefined);

  assert.deepEqual(missing, []);
});
