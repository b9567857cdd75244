import { join } from 'node:path';
import { writeWhole } from '@slipway/effects/files';
import { type FoundFile, findFiles } from '@slipway/effects/find';
import { globExpression } from '@slipway/kernel/glob';
import { PASSED_OVER } from './tools.ts';

/** How things stood when a build began. */
export interface Before {
  /** The file system's own time: its clock and ours may differ, and ours may be set while the build runs. */
  readonly began: number;
  /** The stamps of the reports that were there already. */
  readonly stamps: ReadonlyMap<string, string>;
}

export interface ReportFiles {
  readonly fresh: readonly string[];
  readonly stale: readonly string[];
}

/** Takes note of the start. `scratch` is a folder of ours on the same file system. */
export async function noteStart(folder: string, scratch: string, patterns: readonly string[]): Promise<Before> {
  const there = await findReports(folder, patterns);
  await writeWhole(join(scratch, 'began'), '');
  const [marker] = await findFiles(scratch, { wanted: (path) => path === 'began', skipped: () => true });
  if (marker === undefined) throw new Error(`the marker in "${scratch}" is gone`);
  return { began: marker.modified, stamps: new Map(there.map(({ path, stamp }) => [path, stamp])) };
}

export async function reportsSince(before: Before, folder: string, patterns: readonly string[]): Promise<ReportFiles> {
  const there = await findReports(folder, patterns);
  const pathsWhere = (fresh: boolean): string[] =>
    there.filter((file) => isFresh(file, before) === fresh).map(({ path }) => path);
  return { fresh: pathsWhere(true), stale: pathsWhere(false) };
}

/**
 * Written since the start: neither older than it, which tells files that the build only copied or unpacked, nor
 * untouched since then, which tells files with a time in the future.
 */
export function isFresh(file: FoundFile, before: Before): boolean {
  return file.modified >= before.began && before.stamps.get(file.path) !== file.stamp;
}

async function findReports(folder: string, patterns: readonly string[]): Promise<FoundFile[]> {
  const expressions = patterns.map(globExpression);
  return await findFiles(folder, {
    wanted: (path) => expressions.some((expression) => expression.test(path)),
    skipped: (name) => PASSED_OVER.includes(name),
  });
}
