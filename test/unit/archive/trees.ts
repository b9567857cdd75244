import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';

/** A tree as a value: what is at each path. Parents come by themselves. */
export type Tree = Readonly<Record<string, Leaf>>;

export type Leaf =
  | { readonly kind: 'file'; readonly content: string; readonly executable: boolean }
  | { readonly kind: 'folder' }
  | { readonly kind: 'link'; readonly target: string };

export const file = (content: string, executable = false): Leaf => ({ kind: 'file', content, executable });
export const folder: Leaf = { kind: 'folder' };
export const link = (target: string): Leaf => ({ kind: 'link', target });

/** Writes a tree. `seed` moves what must not matter: the order of creation, times, and the rights of others. */
export function growTree(root: string, tree: Tree, seed = 0): void {
  const leaves = Object.entries(tree);
  const turned = [...leaves.slice(seed % leaves.length), ...leaves.slice(0, seed % leaves.length)];
  mkdirSync(root, { recursive: true });
  for (const [path, leaf] of turned) {
    const at = join(root, path);
    mkdirSync(dirname(at), { recursive: true, mode: seed === 0 ? 0o755 : 0o700 });
    if (leaf.kind === 'folder') mkdirSync(at, { recursive: true });
    if (leaf.kind === 'link') symlinkSync(leaf.target, at);
    if (leaf.kind !== 'file') continue;
    writeFileSync(at, leaf.content);
    chmodSync(at, (leaf.executable ? 0o711 : 0o600) | (seed === 0 ? 0o044 : 0));
    utimesSync(at, 1_000_000 + seed, 2_000_000 + seed);
  }
}

/** What lies below a folder as a deployment would see it: folders, links, contents, modes. */
export function readTree(root: string, below = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(root, below))) {
    const path = below === '' ? name : `${below}/${name}`;
    const stats = lstatSync(join(root, path));
    const mode = (stats.mode & 0o777).toString(8);
    if (stats.isSymbolicLink()) found[path] = `-> ${readlinkSync(join(root, path))}`;
    else if (stats.isDirectory()) Object.assign(found, { [path]: `folder ${mode}` }, readTree(root, path));
    else found[path] = `${mode} ${readFileSync(join(root, path), 'utf8')}`;
  }
  return found;
}

/** What `readTree` must find after a canonical archive of this tree was unpacked. */
export function expectedTree(tree: Tree): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [path, leaf] of Object.entries(tree)) {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth += 1) found[parts.slice(0, depth).join('/')] = 'folder 755';
    if (leaf.kind === 'folder') found[path] ??= 'folder 755';
    if (leaf.kind === 'link') found[path] = `-> ${leaf.target}`;
    if (leaf.kind === 'file') found[path] = `${leaf.executable ? 755 : 644} ${leaf.content}`;
  }
  return found;
}

const nameUnit = fc.constantFrom('a', 'b', 'B', '.', '-', ' ', '0', 'é', '\u{10000}', '\u{ffee}', '\n', '*', '\\');
const partName = fc
  .oneof(
    { weight: 8, arbitrary: fc.string({ unit: nameUnit, minLength: 1, maxLength: 4 }) },
    { weight: 1, arbitrary: fc.integer({ min: 90, max: 255 }).map((length) => 'n'.repeat(length)) },
  )
  .filter((name) => name !== '.' && name !== '..');

const leaf = fc.oneof(
  fc.record({ kind: fc.constant('file' as const), content: fc.string({ maxLength: 600 }), executable: fc.boolean() }),
  fc.constant(folder),
  fc.constantFrom('.', 'the/file', 'gone', `${'far/'.repeat(40)}away`, 'gönë').map(link),
);

/** Trees with at least one file, in which no path runs through a file or a link. */
export const anyTree: fc.Arbitrary<Tree> = fc
  .dictionary(
    fc.array(partName, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
    leaf,
    { maxKeys: 12, noNullPrototype: true },
  )
  .map((tree) => withoutClashes({ ...tree, 'the/file': file('here') }));

function withoutClashes(tree: Tree): Tree {
  const blocked = new Set(
    Object.entries(tree)
      .filter(([, { kind }]) => kind !== 'folder')
      .map(([path]) => path),
  );
  return Object.fromEntries(
    Object.entries(tree).filter(([path, { kind }]) => {
      const parents = path.split('/').map((_part, depth, parts) => parts.slice(0, depth).join('/'));
      const hasChildren = Object.keys(tree).some((other) => other.startsWith(`${path}/`));
      return !parents.some((parent) => blocked.has(parent)) && (kind === 'folder' || !hasChildren);
    }),
  );
}
