import { isAbsolute } from 'node:path';
import type { Problem } from '@slipway/kernel/errors';
import type { Wish } from './plan.ts';

/** A wish of which not everything could be read. */
type WishSoFar = { readonly [K in keyof Wish]?: Wish[K] | undefined };

/** What contradicts itself in a wish: known before anything is fetched. */
export function wishProblems(wish: WishSoFar): Problem[] {
  const problems: Problem[] = [];
  if (wish.tool === 'command' && wish.command === undefined) {
    problems.push({ what: '"tool: command" needs the input "command".', fix: 'command: make test' });
  }
  if (wish.command !== undefined && wish.tool !== 'auto' && wish.tool !== 'command') {
    problems.push({
      what: 'The inputs "tool" and "command" exclude each other.',
      got: `tool: ${wish.tool}`,
      fix: 'leave "tool" out, or write tool: command',
    });
  }
  if (wish.command !== undefined && wish.reports === undefined && wish.untested === 'forbidden') {
    problems.push({
      what: 'With "command", only "reports" tells where the evidence of the tests is.',
      allowed: 'patterns of JUnit XML files below the checkout',
      fix: 'reports: build/reports/*.xml\n(or, when there is nothing to test: untested: allowed)',
    });
  }
  for (const pattern of wish.reports ?? []) {
    if (!isAbsolute(pattern) && !pattern.split('/').includes('..')) continue;
    problems.push({
      what: 'A pattern of "reports" leads out of the checkout.',
      got: pattern,
      allowed: 'patterns relative to the checkout',
      fix: 'reports: build/reports/*.xml',
    });
  }
  return problems;
}
