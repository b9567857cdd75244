import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

/** Which rooms a room may open. What is not here may not be imported: arrows point one way. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  kit: ['kernel'],
  effects: ['kernel'],
  strategy: ['kernel'],
  health: ['kernel', 'effects'],
  rollout: ['kernel', 'effects', 'kit', 'strategy'],
  source: ['kernel', 'effects', 'kit'],
  reports: ['kernel', 'effects'],
  build: ['kernel', 'effects', 'reports'],
  archive: ['kernel', 'effects'],
  store: ['kernel', 'effects', 'archive', 'image'],
  image: ['kernel', 'effects'],
  k8s: ['kernel', 'effects', 'kit', 'strategy', 'rollout', 'image'],
  vm: ['kernel', 'effects', 'kit', 'strategy', 'rollout', 'health', 'archive'],
};

/** Node modules that compute but touch nothing outside the process: allowed everywhere. */
const PURE_NODE = new Set([
  'readline',
  'path',
  'crypto',
  'stream',
  'stream/promises',
  'zlib',
  'util',
  'events',
  'buffer',
  'string_decoder',
  'url',
]);

/** Packages from outside, and the only rooms that may import them. */
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  '@actions/core': ['kit'],
  'tar-stream': ['archive'],
  saxes: ['reports'],
  yaml: ['k8s', 'vm'],
};

interface Import {
  readonly file: string;
  readonly specifier: string;
}

const rooms = readdirSync('packages').toSorted();
const actions = readdirSync('actions').toSorted();

test('every room is in the map of the house', () => {
  assert.deepEqual(rooms, Object.keys(MAY_IMPORT).toSorted());
});

test('rooms import only what the map allows', () => {
  const wrong = rooms.flatMap((room) =>
    importsOf(`packages/${room}/src`)
      .filter(({ specifier }) => specifier.startsWith('@slipway/'))
      .filter(({ specifier }) => {
        const other = specifier.split('/')[1] ?? '';
        return !(MAY_IMPORT[room] ?? []).includes(other);
      })
      .map(show),
  );

  assert.deepEqual(wrong, []);
});

test('rooms know inputs as specs, never the runner', () => {
  const wrong = rooms
    .filter((room) => room !== 'kit')
    .flatMap((room) => importsOf(`packages/${room}/src`))
    .filter(({ specifier }) => packageName(specifier) === '@slipway/kit')
    .filter(({ specifier }) => !/^@slipway\/kit\/(spec|types)$/.test(specifier))
    .map(show);

  assert.deepEqual(wrong, []);
});

test('actions compose rooms and never import one another', () => {
  const wrong = actions.flatMap((action) =>
    importsOf(`actions/${action}/src`)
      .filter(({ specifier }) => !specifier.startsWith('./') && !isRoom(specifier) && !isPureNode(specifier))
      .map(show),
  );

  assert.deepEqual(wrong, []);
});

test('relative imports stay inside their room', () => {
  const folders = [...rooms.map((room) => `packages/${room}/src`), ...actions.map((action) => `actions/${action}/src`)];
  const wrong = folders.flatMap((folder) =>
    importsOf(folder)
      .filter(({ specifier }) => specifier.startsWith('.'))
      .filter(({ file, specifier }) => relative(folder, join(dirname(file), specifier)).startsWith('..'))
      .map(show),
  );

  assert.deepEqual(wrong, []);
});

test('only effects touches the machine, and each outside package has its one room', () => {
  const wrong = rooms.flatMap((room) =>
    importsOf(`packages/${room}/src`)
      .filter(({ specifier }) => !specifier.startsWith('.') && !isRoom(specifier))
      .filter(({ specifier }) => {
        if (isPureNode(specifier)) return false;
        if (specifier.startsWith('node:')) return room !== 'effects';
        return !(OUTSIDE[packageName(specifier)] ?? []).includes(room);
      })
      .map(show),
  );

  assert.deepEqual(wrong, []);
});

test('time and environment come from outside: no Date.now, timers or process.env but in effects and kit', () => {
  const wrong = [
    ...rooms.filter((room) => room !== 'effects' && room !== 'kit').map((room) => `packages/${room}/src`),
    ...actions.map((action) => `actions/${action}/src`),
  ]
    .flatMap(sourcesIn)
    .filter((file) =>
      /\b(Date\.now\(|new Date\(\)|performance\.now\(|setTimeout\(|setInterval\(|process\.env\b)/.test(code(file)),
    );

  assert.deepEqual(wrong, []);
});

test('package.json and tsconfig.json of a room name what it imports', () => {
  const folders = [...rooms.map((room) => `packages/${room}`), ...actions.map((action) => `actions/${action}`)];
  const wrong = folders.flatMap((folder) => {
    const used = new Set(
      importsOf(`${folder}/src`)
        .filter(({ specifier }) => isRoom(specifier))
        .map(({ specifier }) => packageName(specifier)),
    );
    const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as {
      dependencies?: Record<string, string>;
    };
    const config = JSON.parse(readFileSync(`${folder}/tsconfig.json`, 'utf8')) as { references: { path: string }[] };
    const declared = new Set(Object.keys(manifest.dependencies ?? {}).filter(isRoom));
    const referenced = new Set(config.references.map(({ path }) => `@slipway/${path.split('/').at(-1)}`));
    return [
      ...difference(used, declared).map((name) => `${folder}/package.json lacks ${name}`),
      ...difference(declared, used).map((name) => `${folder}/package.json has ${name} for nothing`),
      ...difference(used, referenced).map((name) => `${folder}/tsconfig.json lacks ${name}`),
      ...difference(referenced, used).map((name) => `${folder}/tsconfig.json has ${name} for nothing`),
    ];
  });

  assert.deepEqual(wrong, []);
});

test('the entry of an action only wires', () => {
  const long = actions
    .filter((action) => existsSync(`actions/${action}/src/main.ts`))
    .filter((action) => readFileSync(`actions/${action}/src/main.ts`, 'utf8').trimEnd().split('\n').length > 12);

  assert.deepEqual(long, []);
});

test('files stay readable: at most 250 lines in rooms, 80 in the story of an action', () => {
  const folders = [...rooms.map((room) => `packages/${room}/src`), ...actions.map((action) => `actions/${action}/src`)];
  const long = folders.flatMap(sourcesIn).filter((file) => lineCount(file) > (file.endsWith('/run.ts') ? 80 : 250));

  assert.deepEqual(long, []);
});

function importsOf(folder: string): Import[] {
  return sourcesIn(folder).flatMap((file) => {
    const found = code(file).matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)'([^']+)'/g);
    return [...found].map((match) => ({ file, specifier: match[1] ?? '' }));
  });
}

function sourcesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
    .toSorted();
}

function code(file: string): string {
  return readFileSync(file, 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(^|\s)\/\/.*$/gm, '');
}

function lineCount(file: string): number {
  return readFileSync(file, 'utf8').trimEnd().split('\n').length;
}

function isRoom(specifier: string): boolean {
  return specifier.startsWith('@slipway/');
}

function isPureNode(specifier: string): boolean {
  return specifier.startsWith('node:') && PURE_NODE.has(specifier.slice('node:'.length));
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function difference(a: ReadonlySet<string>, b: ReadonlySet<string>): string[] {
  return [...a].filter((name) => !b.has(name)).toSorted();
}

function show({ file, specifier }: Import): string {
  return `${file} imports ${specifier}`;
}
