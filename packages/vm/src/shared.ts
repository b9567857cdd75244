import type { Problem } from '@slipway/kernel/errors';

/** Paths in a release that are links into `shared/`; that of a folder ends with a slash. Sorted, each once. */
export interface SharedPaths {
  readonly paths: readonly string[];
}

const PATH = /^[\w.+@-]+(?:\/[\w.+@-]+)*\/?$/;
const ALLOWED =
  'relative paths of letters, digits and "._+@-"; a name with a dot is a file, any other and one that ends with "/" a folder';

/** Reads the `shared` input, one path a line. */
export function parseShared(lines: readonly string[]): SharedPaths | readonly Problem[] {
  const problems: Problem[] = [];
  const paths = new Set<string>();
  for (const line of lines) {
    const wrong = objection(line, paths);
    if (wrong === undefined) paths.add(withKind(line));
    else problems.push({ what: `shared: ${wrong}`, got: line, allowed: ALLOWED, fix: 'var/uploads' });
  }
  return problems.length > 0 ? problems : { paths: [...paths].toSorted() };
}

function objection(line: string, others: ReadonlySet<string>): string | undefined {
  const parts = line.replace(/\/$/, '').split('/');
  if (!PATH.test(line) || parts.some((part) => part === '.' || part === '..')) return 'this is no path in a release.';
  if (parts[0] === '.slipway') return '.slipway is read from the release itself.';
  const slashed = `${parts.join('/')}/`;
  const twin = [...others].find((other) => slashed.startsWith(asFolder(other)) || asFolder(other).startsWith(slashed));
  return twin === undefined ? undefined : `it lies in, or holds, or is ${twin}.`;
}

function withKind(line: string): string {
  const last = line.slice(line.lastIndexOf('/') + 1);
  return line.endsWith('/') || last.includes('.') ? line : `${line}/`;
}

function asFolder(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}
