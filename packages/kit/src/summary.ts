import * as core from '@actions/core';
import type { Env } from './read-inputs.ts';

/** The runner throws a summary of more than 1 MiB away as a whole. */
export const SUMMARY_BYTES = 900 * 1024;

const NOTE = '\n_The summary was cut here: it is longer than a job summary may be. The log has the rest._\n';

/** Replaces this step's job summary. Runners without summaries get none. */
export async function writeSummary(markdown: string, env: Env): Promise<void> {
  if (env.GITHUB_STEP_SUMMARY === undefined || env.GITHUB_STEP_SUMMARY === '') return;
  await core.summary.emptyBuffer().addRaw(fitSummary(markdown)).write({ overwrite: true });
}

/** The text itself when it fits into `budget` bytes; else as many whole lines as fit, and a note. */
export function fitSummary(markdown: string, budget = SUMMARY_BYTES): string {
  if (Buffer.byteLength(markdown) <= budget) return markdown;
  const room = budget - Buffer.byteLength(NOTE) - '```\n'.length;
  const bytes = Buffer.from(markdown).subarray(0, Math.max(0, room));
  const kept = bytes.subarray(0, bytes.lastIndexOf('\n') + 1).toString('utf8');
  return `${kept}${isInFence(kept) ? '```\n' : ''}${NOTE}`;
}

/** A code block that is cut open would swallow the note. */
function isInFence(markdown: string): boolean {
  return (markdown.match(/^```/gm) ?? []).length % 2 === 1;
}
