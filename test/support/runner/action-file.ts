import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** An action as the runner sees it: what action.yml says. Paths are absolute. */
export interface ActionFile {
  readonly name: string;
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required: boolean }>>;
  readonly outputs: readonly string[];
  readonly using: string;
  readonly pre?: string;
  readonly main: string;
  readonly post?: string;
  readonly postIf: string;
}

/**
 * Reads the very file that the runner reads, not the spec it was made from. Our action.yml is generated, in one shape:
 * keys two spaces deep per level, values as JSON. This reads that shape and refuses all other YAML, so that no
 * YAML library is needed and a file that was edited by hand is noticed.
 */
export function readActionFile(path: string): ActionFile {
  const tree = parseTree(readFileSync(path, 'utf8'));
  const runs = branch(tree.runs);
  const script = (key: string): string => resolve(dirname(path), text(runs[key]));
  return {
    name: text(tree.name),
    inputs: Object.fromEntries(
      Object.entries(branch(tree.inputs)).map(([name, node]) => {
        const { default: preset, required } = branch(node);
        return [name, { required: required === true, ...(preset === undefined ? {} : { default: text(preset) }) }];
      }),
    ),
    outputs: Object.keys(branch(tree.outputs)),
    using: text(runs.using),
    main: script('main'),
    ...(runs.pre === undefined ? {} : { pre: script('pre') }),
    ...(runs.post === undefined ? {} : { post: script('post') }),
    postIf: runs['post-if'] === undefined ? 'always()' : text(runs['post-if']),
  };
}

/** actions/<name>/action.yml of this repository. */
export function actionFileOf(root: string, name: string): string {
  const path = join(root, 'actions', name, 'action.yml');
  if (!existsSync(path)) throw new Error(`${path} is missing; run: npm run docs`);
  return path;
}

export type Node = string | boolean | Tree;
export interface Tree {
  readonly [key: string]: Node;
}

/** Keys and JSON values, two spaces per level. */
export function parseTree(source: string): Tree {
  const root: Record<string, Node> = {};
  const open: Record<string, Node>[] = [root];
  for (const line of source.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, indent = '', key = '', value] = /^((?: {2})*)([\w-]+):(?: (.+))?$/.exec(line) ?? [];
    const parent = open[indent.length / 2];
    if (key === '' || parent === undefined)
      throw new Error(`action.yml has a line that npm run docs never writes: ${line}`);
    open.length = indent.length / 2 + 1;
    if (value === undefined) {
      const child: Record<string, Node> = {};
      parent[key] = child;
      open.push(child);
    } else {
      parent[key] = scalar(value);
    }
  }
  return root;
}

function scalar(value: string): string | boolean {
  const parsed: unknown = JSON.parse(value);
  if (typeof parsed !== 'string' && typeof parsed !== 'boolean') throw new Error(`not a text or boolean: ${value}`);
  return parsed;
}

function branch(node: Node | undefined): Tree {
  return typeof node === 'object' ? node : {};
}

function text(node: Node | undefined): string {
  if (typeof node !== 'string') throw new Error('action.yml lacks a text');
  return node;
}
