import type { Problem } from '@slipway/kernel/errors';
import { isString } from '@slipway/kernel/json';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

/** A value of a YAML or JSON text, and the line where it stands. */
export type Located =
  | { readonly kind: 'map'; readonly line: number; readonly entries: readonly LocatedEntry[] }
  | { readonly kind: 'list'; readonly line: number; readonly items: readonly Located[] }
  | { readonly kind: 'scalar'; readonly line: number; readonly value: string | number | boolean | null };

export interface LocatedEntry {
  readonly key: string;
  /** Of the key. */
  readonly line: number;
  readonly value: Located;
}

/** Makes a problem of a sentence about a line. */
export type At = (line: number, problem: Problem) => Problem;

/** Reads one document; JSON is YAML too. Says of each problem where it is. */
export function readLocated(text: string, at: At): Located | readonly Problem[] {
  const lineCounter = new LineCounter();
  // Pretty errors would quote the text, and others' variables may be secret.
  const document = parseDocument(text, { lineCounter, prettyErrors: false, schema: 'core' });
  const lineOf = (offset = 0): number => Math.max(1, lineCounter.linePos(offset).line);
  if (document.errors.length > 0) {
    return document.errors.map(({ message, pos }) => at(lineOf(pos[0]), { what: message }));
  }
  // What several aliases name is read once, so that a small text stays a small tree.
  const read = new Map<Node, Located>();
  return locate(document.contents, 1);

  function locate(node: unknown, line: number): Located {
    const known = read.get(node as Node);
    if (known !== undefined) return known;
    const found = isAlias(node) ? locate(node.resolve(document), line) : fresh(node, line);
    read.set(node as Node, found);
    return found;
  }

  function fresh(node: unknown, line: number): Located {
    if (isMap(node)) {
      const entries = node.items.map(({ key, value }) => {
        const own = isScalar(key) ? lineOf(key.range?.[0]) : line;
        return { key: isScalar(key) ? String(key.value) : '', line: own, value: locate(value, own) };
      });
      return { kind: 'map', line: lineOf(node.range?.[0]), entries };
    }
    if (isSeq(node)) {
      const own = lineOf(node.range?.[0]);
      return { kind: 'list', line: own, items: node.items.map((item) => locate(item, own)) };
    }
    if (!isScalar(node)) return { kind: 'scalar', line, value: null };
    const { value, range, source = '' } = node;
    const own = range ? lineOf(range[0]) : line;
    const known = typeof value === 'number' || typeof value === 'boolean' || value === null || isString(value);
    return { kind: 'scalar', line: own, value: known ? value : source };
  }
}
