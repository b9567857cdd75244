import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bench } from './figure.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Bundle {
  readonly action: string;
  readonly path: string;
}

/** The committed bundles, as a workflow would start them. */
export function bundles(): readonly Bundle[] {
  const found = readdirSync(join(ROOT, 'dist'))
    .toSorted()
    .map((action) => ({ action, path: join(ROOT, 'dist', action, 'index.js') }))
    .filter(({ path }) => existsSync(path));
  if (found.length === 0) throw new Error('dist/ holds no bundle; run: npm run build');
  return found;
}

const MEGABYTE = 1_000_000;
const SIZE_LIMIT = 1.5 * MEGABYTE;

/** What Node reads before the first line of an action runs; parts behind `await import()` lie in other files. */
export const bundleSize: Bench = {
  name: 'size',
  measure: async () =>
    bundles().map(({ action, path }) => {
      const bytes = statSync(path).size;
      return {
        what: `eager size of ${action}`,
        target: '<= 1.50 MB',
        measured: `${(bytes / MEGABYTE).toFixed(2)} MB`,
        met: bytes <= SIZE_LIMIT,
      };
    }),
};
