import { readFrom } from '@slipway/effects/files';
import { type Problem, UserError } from '@slipway/kernel/errors';
import { readJunit } from './junit.ts';
import { addResults, NO_TESTS, type TestResults } from './results.ts';

/** What a set of report files says together. */
export interface ReportsRead {
  readonly results: TestResults;
  /** The files that are JUnit reports. */
  readonly files: readonly string[];
  /** Files of another kind that matched the patterns. */
  readonly others: readonly string[];
  /** Files that are broken, each with its reason. */
  readonly unreadable: readonly Problem[];
}

export interface ReportFile {
  /** Where it is. */
  readonly path: string;
  /** How people know it: relative to their project. */
  readonly shown: string;
}

/** Reads the files one after the other; a broken one is reported, not thrown, since the rest still counts. */
export async function readReports(reports: readonly ReportFile[]): Promise<ReportsRead> {
  let results = NO_TESTS;
  const files: string[] = [];
  const others: string[] = [];
  const unreadable: Problem[] = [];
  for (const { path, shown } of reports) {
    try {
      const reading = await readJunit(readFrom(path) as AsyncIterable<Uint8Array>, shown);
      if (reading.kind === 'other') {
        others.push(shown);
        continue;
      }
      results = addResults(results, reading.results);
      files.push(shown);
    } catch (cause) {
      if (!(cause instanceof UserError)) throw cause;
      unreadable.push(...cause.problems);
    }
  }
  return { results, files, others, unreadable };
}
