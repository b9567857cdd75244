import { reportJson } from './report.ts';
import type { Result } from './result.ts';

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
