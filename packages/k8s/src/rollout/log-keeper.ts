import type { KubeApi } from '../api.ts';
import { refOf } from '../object.ts';
import type { Finding } from './finding.ts';

/** Last lines of containers, read when they end: a Job that gives up deletes its pods, and their logs with them. */
export interface LogKeeper {
  /** Reads what explains these findings, as far as it was not read yet; waits for nothing. */
  readonly keep: (findings: readonly Finding[]) => void;
  /** What was read of that container last; undefined when nothing was. */
  readonly kept: (finding: Finding) => Promise<string | undefined>;
}

/** What is read of a log at most. */
export const LOG_LINES = 50;

export function createLogKeeper(api: Pick<KubeApi, 'logs'>): LogKeeper {
  const asked = new Set<string>();
  const texts = new Map<string, Promise<string | undefined>>();
  return {
    keep(findings) {
      for (const finding of findings) {
        const { subject, container, log, what } = finding;
        // the words say which end of the container it is about
        const end = `${placeOf(finding)} ${what}`;
        if (container === undefined || log === undefined || asked.has(end)) continue;
        asked.add(end);
        const before = texts.get(placeOf(finding)) ?? Promise.resolve(undefined);
        const read = api.logs(refOf(subject), container, { lines: LOG_LINES, previous: log === 'previous' });
        texts.set(
          placeOf(finding),
          read.catch(() => before),
        );
      }
    },
    kept: (finding) => texts.get(placeOf(finding)) ?? Promise.resolve(undefined),
  };
}

function placeOf({ subject, container = '' }: Finding): string {
  return `${subject.metadata.uid} ${container}`;
}
