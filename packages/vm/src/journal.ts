import type { JournalLine } from '@slipway/rollout/entry';
import { formatJournalLine } from '@slipway/rollout/journal';
import type { Site } from './remote.ts';

/** A line of which only the end is not yet known. */
export type OpenLine = Omit<JournalLine, 'schema' | 'state'>;

/** Lines that end what was done elsewhere about a host: they are written there with whatever comes next. */
export interface Owed {
  add(site: Site, lines: readonly OpenLine[], state: 'done' | 'failed'): void;
  /** They count as written from now on. */
  take(site: Site): string;
}

export function createOwed(): Owed {
  const owed = new Map<Site, string>();
  return {
    add(site, lines, state) {
      owed.set(site, (owed.get(site) ?? '') + formatLines(lines, state));
    },
    take(site) {
      const text = owed.get(site) ?? '';
      owed.delete(site);
      return text;
    },
  };
}

export function formatLines(lines: readonly OpenLine[], state: JournalLine['state']): string {
  return lines.map((line) => formatJournalLine({ ...line, state })).join('');
}

/** The variables of a step that writes its own intent and end around its effect. */
export function journalVars(owed: string, line: OpenLine): Readonly<Record<string, string>> {
  return {
    journal_intent: owed + formatLines([line], 'intent'),
    journal_done: formatLines([line], 'done'),
    journal_failed: formatLines([line], 'failed'),
  };
}
