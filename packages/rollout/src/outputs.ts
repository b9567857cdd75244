import { defineOutputs } from '@slipway/kit/spec';
import { reportJson } from './report.ts';
import type { Result } from './result.ts';

/** What deploys and rollbacks tell the steps after them. */
export const deployOutputs = defineOutputs({
  outcome: { description: '`deployed`, `unchanged`, `planned`, `superseded`, `rolled-back` or `failed`.' },
  version: { description: 'The version that is live now.' },
  'previous-version': { description: 'The version that was live before.' },
  digest: { description: 'The digest of the live release.' },
  plan: { description: 'The plan as JSON: its steps, and the notes on what was adjusted or respected.' },
  report: { description: 'The whole story as JSON: steps with their times, members, failures.' },
});

/** The outputs of deploys and rollbacks; what is not known is left out. */
export function outputsOf(result: Result): Readonly<Record<string, string>> {
  const { outcome, version, previousVersion, digest, plan } = result;
  const known = {
    outcome,
    version,
    'previous-version': previousVersion,
    digest,
    plan: plan === null ? null : JSON.stringify(plan),
    report: reportJson(result),
  };
  return Object.fromEntries(Object.entries(known).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}
